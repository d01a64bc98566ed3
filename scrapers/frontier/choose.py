"""The order in which a site's links are read: one of each kind that matters, then more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scrapers.extract.page import PageLink
from scrapers.frontier.kinds import kind_of_link
from scrapers.report import PageKind

_ORDER = (PageKind.ABOUT, PageKind.SERVICES, PageKind.PARTNERS, PageKind.DISCLOSURE, PageKind.BLOG,
          PageKind.CONTACT, PageKind.IMPRINT, PageKind.POST, PageKind.OTHER)  # fmt: skip
_NOT_PAGES = (".pdf", ".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".zip", ".mp4", ".mp3", ".xml", ".css", ".js",
              ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".exe", ".dmg", ".ics", ".json")  # fmt: skip


@dataclass(slots=True)
class Frontier:
    """Addresses of one site still to be read. `hosts` are the host names that belong to it."""

    hosts: frozenset[str]
    seen: set[str] = field(default_factory=set)
    taken: dict[PageKind, int] = field(default_factory=dict)
    waiting: dict[str, tuple[PageKind, int]] = field(default_factory=dict)

    def add(self, links: Iterable[PageLink]) -> None:
        """Put the links that stay on the site and lead to pages in line."""
        for link in links:
            parts = urlsplit(link.url)
            if parts.hostname not in self.hosts or parts.path.lower().endswith(_NOT_PAGES):
                continue
            if same_page(link.url) not in self.seen:
                self.seen.add(same_page(link.url))
                self.waiting[link.url] = (kind_of_link(link.url, link.text), len(self.waiting))

    def mark_read(self, url: str, kind: PageKind) -> None:
        """Remember an address that was read, so that it is not read twice."""
        self.seen.add(same_page(url))
        self.waiting.pop(url, None)
        self.taken[kind] = self.taken.get(kind, 0) + 1

    def next(self) -> tuple[str, PageKind] | None:
        """Take the most useful address out of the line; None when it is empty."""
        if not self.waiting:
            return None

        def rank(url: str) -> tuple[int, int, int, int]:
            kind, age = self.waiting[url]
            order = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
            return (self.taken.get(kind, 0) if kind is not PageKind.OTHER else 9, order, len(urlsplit(url).path), age)

        best = min(self.waiting, key=rank)
        kind, _ = self.waiting.pop(best)
        return best, kind


def same_page(url: str) -> str:
    """A key under which addresses of the same page meet: no scheme, no www, no trailing slash."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/') or '/'}?{parts.query}"
