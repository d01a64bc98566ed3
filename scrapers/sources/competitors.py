"""Who among the sites already read links to a competitor: the warmest candidates there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scrapers.domains import normalize_domain
from scrapers.report import SitePage
from scrapers.sources.candidates import domain_of, led_to
from scrapers.sources.platforms import is_social_network

MAX_TARGETS_PER_SITE = 300
_QUOTE_CHARS = 300


@dataclass(frozen=True, slots=True)
class OutboundLink:
    """A link between sites: registrable domains of both, the page, the link, its words and the line they are in."""

    domain: str
    target: str
    page_url: str
    link_url: str
    link_text: str
    quote: str


@dataclass(frozen=True, slots=True)
class CompetitorMention:
    """A page that links to a competitor: registrable domains of both, the link and its words."""

    domain: str
    competitor: str
    page_url: str
    link_url: str
    link_text: str


def who_links_to(competitors: Iterable[str], pages: Iterable[SitePage]) -> tuple[CompetitorMention, ...]:
    """Return one mention per site and competitor, from pages already crawled; raises `DomainError` for a bad name."""
    wanted = {normalize_domain(name) for name in competitors}
    return tuple(
        CompetitorMention(link.domain, link.target, link.page_url, link.link_url, link.link_text)
        for link in outbound_links(pages)
        if link.target in wanted
    )


def outbound_links(pages: Iterable[SitePage]) -> tuple[OutboundLink, ...]:
    """Return where sites link to, one link per site and target: one in a text is kept before one in a menu.

    A tracking link counts as a link to the address it carries. Social networks are left out: everybody links to them.
    """
    best: dict[tuple[str, str], tuple[int, OutboundLink]] = {}
    for page in pages:
        for weight, link in _links_of(page):
            key = (link.domain, link.target)
            if key not in best or weight > best[key][0]:
                best[key] = (weight, link)
    return tuple(link for _, link in best.values())


def _links_of(page: SitePage) -> Iterator[tuple[int, OutboundLink]]:
    own = domain_of(page.url)
    lines = page.main_text.splitlines()
    targets: set[str] = set()
    for link in page.links:
        address, target = led_to(link.url, own)
        if own is None or target is None or target == own or is_social_network(target):
            continue
        targets.add(target)
        if len(targets) > MAX_TARGETS_PER_SITE:
            return
        quote = _quote(lines, link.text)
        weight = (not link.in_menu) + bool(quote) + bool(link.text)
        yield weight, OutboundLink(own, target, page.url, address, link.text, quote or link.text)


def _quote(lines: list[str], words: str) -> str:
    """Return the line of the page's text that holds the link's words, cut around them where it is long."""
    if len(words) < 3:
        return ""
    line = next((line for line in lines if words in line), "")
    start = max(0, line.find(words) - _QUOTE_CHARS // 3)
    start = line.find(" ", start) + 1 if start else 0
    cut = line[start : start + _QUOTE_CHARS].strip()
    return ("… " if start else "") + cut + (" …" if start + _QUOTE_CHARS < len(line) else "")
