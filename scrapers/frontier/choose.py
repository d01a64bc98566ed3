"""The order in which a site's pages are read: one of each kind that matters, newest posts, then what looks central."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scrapers.extract.page import PageLink
from scrapers.frontier.kinds import kind_of_link
from scrapers.frontier.traps import clean_url, is_trap
from scrapers.report import PageKind
from scrapers.urls import bare_host

_ORDER = (PageKind.ABOUT, PageKind.SERVICES, PageKind.PARTNERS, PageKind.DISCLOSURE, PageKind.BLOG, PageKind.CONTACT,
          PageKind.POST, PageKind.IMPRINT, PageKind.OTHER)  # fmt: skip
_RANK = {kind: place for place, kind in enumerate(_ORDER)}
# How many of a kind are worth reading before all other kinds have had their turn.
_WANTED = {PageKind.SERVICES: 2, PageKind.POST: 2, PageKind.OTHER: 8}
_LATER = 20
_MAX_WAITING = 3_000


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an address came from: its kind, the order it was seen in, whether a menu led to it."""

    kind: PageKind
    age: int
    in_menu: bool


@dataclass(slots=True)
class Frontier:
    """Addresses of one site still to be read. `hosts` are the host names that belong to it, without `www.`."""

    hosts: frozenset[str]
    seen: set[str] = field(default_factory=set)
    taken: dict[PageKind, int] = field(default_factory=dict)
    waiting: dict[str, _Place] = field(default_factory=dict)

    def add(self, links: Iterable[PageLink], *, kind: PageKind | None = None) -> None:
        """Put the links that stay on the site and lead to pages in line; `kind` is set when the source knows it."""
        for link in links:
            host = urlsplit(link.url).hostname or ""
            if bare_host(host) not in self.hosts or len(self.waiting) >= _MAX_WAITING:
                continue
            url = clean_url(link.url)
            if is_trap(url) or same_page(url) in self.seen:
                continue
            self.seen.add(same_page(url))
            self.waiting[url] = _Place(kind or kind_of_link(url, link.text), len(self.seen), link.in_menu)

    def mark_read(self, url: str, kind: PageKind) -> None:
        """Remember an address that was read, so that it is not read twice under this or a like spelling."""
        self.seen.add(same_page(url))
        self.waiting.pop(clean_url(url), None)
        self.taken[kind] = self.taken.get(kind, 0) + 1

    def next(self) -> tuple[str, PageKind] | None:
        """Take the most useful address out of the line; None when it is empty."""
        if not self.waiting:
            return None
        best = min(self.waiting, key=self._rank)
        return best, self.waiting.pop(best).kind

    def _rank(self, url: str) -> tuple[int, bool, int, int]:
        """Kinds not yet read come first; within a kind, menu links, then short paths, then page order."""
        place = self.waiting[url]
        enough = self.taken.get(place.kind, 0) >= _WANTED.get(place.kind, 1)
        depth = 0 if place.kind is PageKind.POST else urlsplit(url).path.strip("/").count("/")
        rank = _RANK.get(place.kind, len(_ORDER)) + (_LATER if enough else 0)
        return rank, not place.in_menu and place.kind is not PageKind.POST, depth, place.age


def same_page(url: str) -> str:
    """A key under which spellings of the same page meet: no scheme, no www, no trailing slash, cleaned query."""
    parts = urlsplit(clean_url(url))
    path = parts.path.rstrip("/").removesuffix("/index.html").removesuffix("/index.php")
    return f"{bare_host(parts.hostname or '')}{path or '/'}?{parts.query}"
