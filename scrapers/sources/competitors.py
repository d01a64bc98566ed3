"""Who among the sites already read links to a competitor: the warmest candidates there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scrapers.domains import DomainError, normalize_domain
from scrapers.report import SitePage


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
    found: dict[tuple[str, str], CompetitorMention] = {}
    for page in pages:
        site = _domain(page.url)
        for link in page.links:
            target = _domain(link.url)
            if site and target in wanted and target != site:
                found.setdefault((site, target), CompetitorMention(site, target, page.url, link.url, link.text))
    return tuple(found.values())


def _domain(url: str) -> str | None:
    try:
        return normalize_domain(url)
    except DomainError:
        return None
