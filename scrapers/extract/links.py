"""Links of a page, the social profiles among them, its canonical address and its feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from lxml import etree

from scrapers.extract.page import FoundSocial, PageLink
from scrapers.extract.title import squeeze
from scrapers.urls import join_url

_MAX_LINKS = 1_500
_MAX_SOCIALS = 40
_NETWORKS = {
    "linkedin.com": ("linkedin", re.compile(r"^/(?:company|in|school|showcase)/[^/]+")),
    "facebook.com": ("facebook", re.compile(r"^/(?!sharer|share|dialog|plugins|tr\b|login|policy|help)[\w.-]{2,}")),
    "instagram.com": ("instagram", re.compile(r"^/(?!p/|reel|explore|accounts|share)[\w.]{2,}")),
    "twitter.com": ("x", re.compile(r"^/(?!intent|share|home|search|hashtag|i/|privacy|tos)\w{2,}")),
    "x.com": ("x", re.compile(r"^/(?!intent|share|home|search|hashtag|i/|privacy|tos)\w{2,}")),
    "youtube.com": ("youtube", re.compile(r"^/(?:@|c/|channel/|user/)[^/]+")),
    "tiktok.com": ("tiktok", re.compile(r"^/@[\w.]+")),
    "github.com": ("github", re.compile(r"^/(?!login|features|about|pricing|topics)[\w-]+")),
    "pinterest.com": ("pinterest", re.compile(r"^/(?!pin/)[\w-]{2,}")),
    "xing.com": ("xing", re.compile(r"^/(?:companies|pages|profile)/")),
    "bsky.app": ("bluesky", re.compile(r"^/profile/")),
    "threads.net": ("threads", re.compile(r"^/@")),
    "t.me": ("telegram", re.compile(r"^/(?!share)\w{4,}")),
    "medium.com": ("medium", re.compile(r"^/@")),
    "vimeo.com": ("vimeo", re.compile(r"^/(?!\d+$)\w{3,}")),
    "twitch.tv": ("twitch", re.compile(r"^/\w{3,}")),
}
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*url\s*=\s*['\"]?([^'\"\s]+)", re.IGNORECASE)
_MENU_TAGS = frozenset(("nav", "header", "footer"))


def base_url(tree: etree._Element, url: str) -> str:
    """The address that relative links of a page start from."""
    base = next(tree.iter("base"), None)
    return (join_url(url, base.get("href") or "") if base is not None else None) or url


def find_links(tree: etree._Element, base: str) -> tuple[PageLink, ...]:
    """Return the page's links in order, each address once, absolute and without fragment; at most 1,500."""
    found: dict[str, PageLink] = {}
    joined: dict[str, str | None] = {}
    for node, href in _pointers(tree):
        if not href:
            continue
        if href not in joined:
            joined[href] = join_url(base, href)
        address = joined[href]
        if address is None:
            continue
        known = found.get(address)
        if known is None or not known.text:
            found[address] = PageLink(address, _text_of(node), (node.get("rel") or "").lower(), _in_menu(node))
        if len(found) >= _MAX_LINKS:
            break
    return tuple(found.values())


def _pointers(tree: etree._Element) -> Iterator[tuple[etree._Element, str | None]]:
    """Yield what a reader may follow, then what a browser follows by itself: frames and a refresh."""
    for node in tree.iter("a", "area"):
        yield node, node.get("href")
    for node in tree.iter("frame", "meta"):
        if node.tag == "frame":
            yield node, node.get("src")
        elif (node.get("http-equiv") or "").lower() == "refresh":
            found = _REFRESH.match(node.get("content") or "")
            yield node, found.group(1) if found else None


def _text_of(node: etree._Element) -> str:
    text = squeeze(" ".join(str(part) for part in node.itertext()))
    if not text:
        image = next(node.iter("img"), None)
        text = squeeze(
            node.get("aria-label") or node.get("title") or (image.get("alt") if image is not None else "") or ""
        )
    return text[:200]


def _in_menu(node: etree._Element) -> bool:
    parent = node.getparent()
    for _ in range(8):
        if parent is None:
            return False
        if parent.tag in _MENU_TAGS:
            return True
        parent = parent.getparent()
    return False


def find_socials(links: Iterable[PageLink], stated: Iterable[str]) -> tuple[FoundSocial, ...]:
    """Return the profiles a page links to or states (`sameAs`); buttons that share a page are not profiles."""
    found: dict[str, FoundSocial] = {}
    for url in (*(link.url for link in links), *stated):
        profile = social_profile(url)
        if profile is not None:
            found.setdefault(profile.url.lower(), profile)
    return tuple(found.values())[:_MAX_SOCIALS]


def social_profile(url: str) -> FoundSocial | None:
    """Return the profile a URL leads to, without tracking parameters; None for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = re.sub(r"^(?:www|m|web|mobile|[a-z]{2}(?:-[a-z]{2})?)\.", "", (parts.hostname or "").lower())
    network = _NETWORKS.get(host)
    if network is None or not network[1].match(parts.path):
        return None
    return FoundSocial(network[0], f"https://{parts.hostname}{parts.path.rstrip('/')}")


def find_canonical(tree: etree._Element, base: str) -> str | None:
    """Return the address the page calls its own, or None."""
    for node in tree.iter("link"):
        if "canonical" in (node.get("rel") or "").lower().split():
            return join_url(base, node.get("href") or "")
    return None


def find_feeds(tree: etree._Element, base: str) -> tuple[str, ...]:
    """Return the addresses of the page's RSS and Atom feeds, comment feeds last."""
    found = [
        join_url(base, node.get("href") or "")
        for node in tree.iter("link")
        if (node.get("type") or "").lower().strip() in _FEED_TYPES
    ]
    feeds = dict.fromkeys(address for address in found if address)
    return tuple(sorted(feeds, key=lambda address: "comment" in address))[:5]
