"""The sample programs as data: what is offered to whom, and what makes a partner fit.

Afterglow is a made-up app that shows Shopify customers one more offer after they have paid. Its maker recruits
agencies and affiliates with one program, and people who teach merchants with a second, smaller one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WANTS = "wants"
AVOIDS = "avoids"


@dataclass(frozen=True, slots=True)
class DemoTopic:
    """One weighted subject of a fit profile; ``stance`` is WANTS or AVOIDS, ``weight`` is relative to the others."""

    id: str
    text: str
    weight: float
    stance: str = WANTS


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProgram:
    """A program with its fit profile; ``type`` is one of the five program types by value."""

    slug: str
    name: str
    type: str
    summary: str
    offer: str
    topics: tuple[DemoTopic, ...]
    exemplars: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    countries: tuple[str, ...] = ()
    terms: tuple[str, ...] = field(default=())


_COUPONS = DemoTopic(
    id="coupon-sites",
    text="Coupon codes, promo codes, vouchers and discount deals for shoppers; cashback browser extension",
    weight=3.0,
    stance=AVOIDS,
)
_LINK_SALES = DemoTopic(
    id="link-selling",
    text="We sell guest posts and backlinks; buy dofollow links on high authority websites, link building packages",
    weight=2.0,
    stance=AVOIDS,
)
_GAMBLING = DemoTopic(
    id="gambling",
    text="Online casino bonuses, slots, free spins, sports betting odds and poker reviews",
    weight=3.0,
    stance=AVOIDS,
)

AFTERGLOW_PARTNERS = DemoProgram(
    slug="afterglow-partners",
    name="Afterglow Agency & Affiliate Partners",
    type="agency",
    summary="Agencies and review sites that bring Shopify merchants to Afterglow's post-purchase offers.",
    offer=(
        "Afterglow shows a Shopify store's customers one fitting offer right after they pay: one click, no second "
        "checkout. Partners earn 25% of every merchant's subscription for two years, 30% from the tenth merchant on. "
        "Agencies also get free development-store licenses, a partner engineer on call, and a page in our directory."
    ),
    topics=(
        DemoTopic(
            id="shopify-agency",
            text="An agency that designs, builds and maintains Shopify and Shopify Plus stores for online merchants",
            weight=3.0,
        ),
        DemoTopic(
            id="conversion",
            text=(
                "Conversion rate optimization for online stores: A/B tests, checkout, average order value, "
                "post-purchase upsell offers"
            ),
            weight=3.0,
        ),
        DemoTopic(
            id="email-retention",
            text="Email and SMS marketing for e-commerce brands with Klaviyo: post-purchase flows, repeat purchases",
            weight=2.0,
        ),
        DemoTopic(
            id="app-reviews",
            text="Reviews and comparisons of Shopify apps and e-commerce software written for store owners",
            weight=2.0,
        ),
        _COUPONS,
        _LINK_SALES,
        _GAMBLING,
    ),
    exemplars=("harborlight-studio.demo.test", "liftwell.demo.test", "shop-app-digest.demo.test"),
    languages=("en", "de", "pl"),
    terms=(
        "Commission is paid monthly for merchants that stay past their 14-day trial.",
        "No bidding on the Afterglow name and no coupon or cashback placements.",
        "Paid relationships are disclosed to the reader or the client every time.",
    ),
)

AFTERGLOW_CREATORS = DemoProgram(
    slug="afterglow-creators",
    name="Afterglow Creators",
    type="creator",
    summary="Newsletters, podcasts and channels that teach people to run an online store.",
    offer=(
        "A flat fee per piece and 20% of the first year of every merchant who signs up through your link. You keep "
        "the last word on what you say; we only check facts. Creators get a demo store, real anonymized numbers "
        "to talk about, and a person who answers."
    ),
    topics=(
        DemoTopic(
            id="teaches-merchants",
            text="A newsletter, podcast or YouTube channel that teaches store owners to run and grow an online shop",
            weight=3.0,
        ),
        DemoTopic(
            id="store-economics",
            text="Margins, average order value, retention and repeat customers of small e-commerce brands",
            weight=2.0,
        ),
        DemoTopic(
            id="open-to-sponsors",
            text="Sponsor this newsletter or show: audience size, media kit, sponsorship rates, collaborations",
            weight=1.0,
        ),
        _COUPONS,
        DemoTopic(
            id="get-rich-quick",
            text="Make money online fast, passive income secrets, dropshipping course with guaranteed profit",
            weight=2.0,
            stance=AVOIDS,
        ),
    ),
    exemplars=("the-second-basket.demo.test",),
    languages=("en", "de"),
    terms=("Sponsored pieces are marked as such at the top.", "Fees are paid within 14 days of publication."),
)

PROGRAMS = (AFTERGLOW_PARTNERS, AFTERGLOW_CREATORS)
