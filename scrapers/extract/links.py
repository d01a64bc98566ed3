"""Links of a page and the social profiles among them."""

from __future__ import annotations

from urllib.parse import urlsplit

from lxml import html

from scrapers.extract.page import FoundSocial, PageLink
from scrapers.extract.title import squeeze
from scrapers.urls import join_url

_MAX_LINKS = 1_000
_NETWORKS = {
    "linkedin.com": "linkedin",
    "facebook.com": "facebook",
    "instagram.com": "instagram",
    "twitter.com": "x",
    "x.com": "x",
    "youtube.com": "youtube",
    "tiktok.com": "tiktok",
    "github.com": "github",
    "pinterest.com": "pinterest",
    "xing.com": "xing",
}


def find_links(tree: html.HtmlElement, url: str) -> tuple[PageLink, ...]:
    """Return the page's links in order, each address once, absolute and without fragment."""
    base = join_url(url, str(next(iter(tree.xpath("//base/@href")), ""))) or url
    found: dict[str, PageLink] = {}
    for node in tree.iter("a", "area"):
        address = join_url(base, node.get("href") or "")
        if address is None:
            continue
        text = (
            squeeze(str(node.text_content()))[:200] or squeeze(node.get("aria-label") or node.get("title") or "")[:200]
        )
        known = found.get(address)
        if known is None or (not known.text and text):
            found[address] = PageLink(address, text, (node.get("rel") or "").lower())
        if len(found) >= _MAX_LINKS:
            break
    return tuple(found.values())


def find_socials(links: tuple[PageLink, ...]) -> tuple[FoundSocial, ...]:
    """Return the profiles on social networks that the page links to."""
    found: dict[str, FoundSocial] = {}
    for link in links:
        parts = urlsplit(link.url)
        network = _NETWORKS.get((parts.hostname or "").removeprefix("www."))
        if network and parts.path.strip("/") and not parts.path.startswith(("/share", "/sharer", "/intent")):
            found.setdefault(link.url, FoundSocial(network, link.url))
    return tuple(found.values())
