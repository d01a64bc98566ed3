"""Where the demo's prospects stand and what was written about them, so that the first board is not a blank one.

Prospects that are not named here stay where the import puts them. A card is in a stage that a person reaches by hand,
or by approving first; declining is left to whoever tries the demo.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.demo.program import AFTERGLOW_CREATORS, AFTERGLOW_PARTNERS

IMPORT_FILES = {
    AFTERGLOW_PARTNERS.slug: Path(__file__).with_name("prospects.csv"),
    AFTERGLOW_CREATORS.slug: Path(__file__).with_name("creators.csv"),
}
_THEO = "theo@example.com"
_AMARA = "amara@example.com"
_SAM = "sam@example.com"
_JOANNA = "joanna@example.com"


@dataclass(frozen=True, slots=True)
class DemoActivity:
    """A note or a call; ``kind`` is an activity kind by value, ``author`` a person's e-mail."""

    kind: str
    author: str
    days_ago: int
    body: str


@dataclass(frozen=True, slots=True)
class DemoCard:
    """A prospect's place: ``stage`` by value, since ``days_in_stage``; ``reason`` is said with the move."""

    domain: str
    stage: str
    owner: str
    days_in_stage: int
    reason: str = ""
    activities: tuple[DemoActivity, ...] = ()


def _note(author: str, days_ago: int, body: str) -> DemoActivity:
    return DemoActivity("note", author, days_ago, body)


def _call(author: str, days_ago: int, body: str) -> DemoActivity:
    return DemoActivity("call", author, days_ago, body)


_PARTNER_CARDS = (
    DemoCard(
        "harborlight-studio.demo.test",
        "in_review",
        _THEO,
        2,
        "Ines sent the merchant references we asked for.",
        (
            _note(
                _THEO, 24, "Met Ines at the merchants' evening. They already run post-purchase offers on six stores."
            ),
            _call(_THEO, 12, "25 minutes with Ines. Wants sandbox stores and one merchant who left us. Fair."),
            _note(_JOANNA, 2, "Happy to take them on. Tom would join the kickoff."),
        ),
    ),
    DemoCard(
        "liftwell.demo.test",
        "applied",
        _THEO,
        1,
        "Dana filled in the form after the call.",
        (
            _note(_THEO, 15, "Their results table names a post-purchase test at +8.2%. Opened with that."),
            _call(_THEO, 4, "Dana asked whether our reports have a holdout. Yes. She was relieved."),
        ),
    ),
    DemoCard(
        "shop-app-digest.demo.test",
        "engaged",
        _AMARA,
        6,
        "Lena answered: we are in the queue for a review.",
        (_note(_AMARA, 6, "No affiliate link before the review is out. Do not push: it is their rule for everybody."),),
    ),
    DemoCard(
        "cobbleworks.demo.test",
        "engaged",
        _THEO,
        3,
        "Sam rang back.",
        (
            _call(_THEO, 3, "Sam likes that nothing loads on the storefront. Asked for a test store to measure it."),
            _note(_SAM, 2, "Development store is set up, invite went to team@."),
        ),
    ),
    DemoCard(
        "inboxorchard.demo.test",
        "engaged",
        _AMARA,
        9,
        "Alma wants the accepted offer as a Klaviyo property.",
        (_note(_AMARA, 9, "They cut their day-four cross-sell because of offers after checkout. Good story for us."),),
    ),
    DemoCard("second-ping.demo.test", "contacted", _AMARA, 5, "First e-mail sent by hand after the panel."),
    DemoCard("checkout-clinic.demo.test", "contacted", _THEO, 8, "Wrote to Noor."),
    DemoCard(
        "marginal-gains-lab.demo.test",
        "contacted",
        _THEO,
        11,
        "Sent Saskia our method paper.",
        (_note(_THEO, 11, "They publish losing tests after a year. Make sure we are fine with that before we sign."),),
    ),
    DemoCard("storestack-reviews.demo.test", "contacted", _AMARA, 4, "Asked how to get in the queue."),
    DemoCard("merchant-bench.demo.test", "qualified", _AMARA, 7, "Reads like the right crowd."),
    DemoCard(
        "palmetto-web.demo.test",
        "active",
        _SAM,
        16,
        "First partner on the new terms.",
        (
            _call(_SAM, 34, "Dee texts faster than I can read. She has already put us in two stores, unasked."),
            _note(_JOANNA, 15, "Four merchants live. Ask her for a line about Pluff Mud Hot Sauce for the newsletter."),
        ),
    ),
    DemoCard(
        "briefwerk.demo.test",
        "onboarding",
        _AMARA,
        4,
        "Signed; wants the accepted offer in Klaviyo before the first shop.",
        (
            _call(_AMARA, 19, "Friederike counts the days until a sack of dog food is empty. We got on."),
            _note(_JOANNA, 3, "Kickoff is set. She brings two shops, we bring an engineer."),
        ),
    ),
    DemoCard(
        "northgate-pos.demo.test",
        "approved",
        _THEO,
        1,
        "Reseller terms agreed for their 410 retailers.",
        (_note(_THEO, 9, "Graham wants it on his own invoice to the shop. Legal says we can do that."),),
    ),
    DemoCard("twelve-oaks-digital.demo.test", "qualified", _THEO, 24, "Needs our SOC 2 report first."),
    DemoCard(
        "nordkante.demo.test",
        "qualified",
        _THEO,
        6,
        "Fits, if the legal side is clean.",
        (_note(_SAM, 6, "Asked our lawyer for the processing agreement in German."),),
    ),
    DemoCard("sklepowy-doradca.demo.test", "qualified", _AMARA, 3, "Polish interface lands next month."),
    DemoCard("flowsmith.demo.test", "qualified", _AMARA, 1, "Bundling our setup with a flow could work."),
    DemoCard(
        "quietharbor-agency.demo.test",
        "dormant",
        _THEO,
        30,
        "Referral only: ask Harborlight once they are on board.",
    ),
    DemoCard(
        "pinecrest-digital.demo.test", "withdrawn", _SAM, 18, "No online stores among their clients, said Shelley."
    ),
)

_CREATOR_CARDS = (
    DemoCard(
        "the-second-basket.demo.test",
        "engaged",
        _AMARA,
        5,
        "Vivian asked for a login and a price list.",
        (_call(_AMARA, 5, "She wants to try it on a friend's store for a month before she writes a word."),),
    ),
    DemoCard("cartside-with-mo.demo.test", "contacted", _AMARA, 2, "Sent the numbers behind our frother idea."),
    DemoCard("ops-and-oranges.demo.test", "qualified", _AMARA, 4, "Episode 187 is our pitch, made by someone else."),
)

CARDS: dict[str, tuple[DemoCard, ...]] = {
    AFTERGLOW_PARTNERS.slug: _PARTNER_CARDS,
    AFTERGLOW_CREATORS.slug: _CREATOR_CARDS,
}
