"""Signals that stand in a page's markup and links: shop platform, affiliate networks, badges, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from scrapers.signals.needles import Lines, Phrase, matches, phrase
from scrapers.signals.view import PageSignal, PageView, quote_around

_PLATFORMS = {
    "shopify": phrase(r"cdn\.shopify\.com|myshopify\.com|/cdn/shop/"),
    "woocommerce": phrase(r"/plugins/woocommerce/|^WooCommerce"),
    "magento": phrase(r"/static/version\d+/frontend/|^Magento|mage/cookies"),
    "bigcommerce": phrase(r"cdn\d*\.bigcommerce\.com"),
    "prestashop": phrase(r"^PrestaShop|/modules/ps_"),
    "shopware": phrase(r"/bundles/storefront/|^Shopware"),
    "shoper": phrase(r"\.shoparena\.pl|^Shoper"),
    "squarespace": phrase(r"static1\.squarespace\.com|^Squarespace"),
    "wix": phrase(r"static\.wixstatic\.com|^Wix\.com"),
    "webflow": phrase(r"website-files\.com|^Webflow"),
    "wordpress": phrase(r"/wp-content/|^WordPress"),
    "hubspot_cms": phrase(r"^HubSpot|js\.hs-scripts\.com|hsforms\.net"),
}
_NETWORK_HOSTS = {
    "awin": ("awin1.com", "zenaps.com"),
    "impact": ("sjv.io", "pxf.io", "evyy.net", "ojrq.net", "7eer.net", "i384100.net"),
    "cj": ("anrdoezrs.net", "dpbolvw.net", "jdoqocy.com", "kqzyfj.com", "tkqlhce.com", "qksrv.net"),
    "shareasale": ("shareasale.com", "shrsl.com"),
    "partnerstack": ("partnerlinks.io", "grsm.io", "partnerstack.com"),
    "firstpromoter": ("firstpromoter.com",),
    "rakuten": ("linksynergy.com", "linksynergy.walmart.com", "rakuten.com"),
    "amazon": ("amzn.to",),
    "skimlinks": ("skimresources.com", "go.redirectingat.com"),
    "webgains": ("webgains.com",),
    "tradedoubler": ("tradedoubler.com",),
    "clickbank": ("clickbank.net", "hop.clickbank.net"),
    "admitad": ("admitad.com",),
    "refersion": ("refersion.com",),
}
_NETWORK_OF_HOST = {host: network for network, hosts in _NETWORK_HOSTS.items() for host in hosts}
_GO = re.compile(r"^/(?:go|out|recommends?|refer|aff|visit)/[\w-]{2,}", re.IGNORECASE)
_BRANDS = (
    r"Shopify(?: Plus)?|Klaviyo|HubSpot|Google(?: Ads| Premier)?|Meta(?: Business)?|BigCommerce|WooCommerce|WooExperts?"
    r"|Magento|Adobe|Salesforce|Recharge|Gorgias|Yotpo|Attentive|Mailchimp|Semrush|Webflow|Wix|Squarespace|AWS|Microsoft"
    r"|Shopware|PrestaShop|Shoper|Amazon Ads|TikTok(?: Marketing)?|Stripe|Postscript|Okendo|ReBuy|Rebuy|LoyaltyLion"
)
_BADGE = re.compile(
    rf"\b((?:Official |Certified |Premier |Gold |Platinum |Silver |Elite |Diamond )?(?:{_BRANDS}))"
    r"((?: \w+)? (?:(?:Gold|Platinum|Silver|Elite|Premier|Master|Diamond|Solutions?|Certified|Select|Agency|Service"
    r"|Technology|Plus|Marketing|Business) ?){0,3}(?:Partners?|Experts?|Agency Partner)\b)"
)
_BADGE_WORDS = Phrase(_BADGE, ("partner", "expert"))
_COMPONENTS_MAX, _BADGE_LINE_CHARS = 2_000, 600


def find_markup_signals(view: PageView, lines: Lines) -> Iterator[PageSignal]:
    """Yield the signals that stand in addresses and attributes."""
    yield from _platforms(view)
    yield from _affiliate_links(view)
    yield from _badges(view, lines)
    yield from _languages(view)


def _addresses(view: PageView) -> Iterator[str]:
    for node in view.tree.iter("meta"):
        if (node.get("name") or "").lower() == "generator":
            yield node.get("content") or ""
    for count, node in enumerate(view.tree.iter("script", "link", "img")):
        if count >= _COMPONENTS_MAX:
            return
        address = node.get("src") or node.get("href")
        if address and not address.startswith("data:"):
            yield address


def _platforms(view: PageView) -> Iterator[PageSignal]:
    addresses = Lines.of(_addresses(view))
    for name, wanted in _PLATFORMS.items():
        for address, _ in islice(matches(addresses, wanted), 1):
            yield PageSignal("platform", name, address[:240])


def _affiliate_links(view: PageView) -> Iterator[PageSignal]:
    own = (urlsplit(view.url).hostname or "").removeprefix("www.")
    for link in view.links:
        parts = urlsplit(link.url)
        host = (parts.hostname or "").removeprefix("www.")
        network = _NETWORK_OF_HOST.get(host) or _NETWORK_OF_HOST.get(host.partition(".")[2])
        if network is None and re.fullmatch(r"amazon\.[a-z.]{2,6}", host) and parse_qs(parts.query).get("tag"):
            network = "amazon"
        if network is None and host == own and _GO.match(parts.path):
            network = "own redirect"
        if network is None and host != own and "sponsored" in link.rel.split():
            network = "sponsored link"
        if network is not None:
            yield PageSignal("affiliate_link", network, link.url[:240])


def _badges(view: PageView, lines: Lines) -> Iterator[PageSignal]:
    pictures = Lines.of(node.get("alt") or "" for node in view.tree.iter("img"))
    for line, _ in (*matches(lines, _BADGE_WORDS), *matches(pictures, _BADGE_WORDS)):
        if len(line) <= _BADGE_LINE_CHARS:
            for found in _BADGE.finditer(line):
                yield PageSignal("partner_badge", " ".join(found.group().split()), quote_around(line, *found.span()))


def _languages(view: PageView) -> Iterator[PageSignal]:
    codes = {
        str(node.get("hreflang")).lower()[:2]: str(node.get("href") or "")[:240]
        for node in view.tree.iter("link")
        if node.get("hreflang") and node.get("hreflang") != "x-default"
    }
    if len(codes) > 1:
        yield PageSignal("languages", ",".join(sorted(codes)), next(iter(codes.values())))
