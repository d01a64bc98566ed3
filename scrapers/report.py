"""What a crawl leaves behind: receipts, pages, signals, and an outcome with words for the person who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from scrapers.extract.page import FoundEmail, FoundPhone, FoundSocial, PageLink, PageSignal

Outcome = Literal["fetched", "refused", "failed"]


class PageKind(StrEnum):
    """What a page of a company's site is for."""

    HOME = "home"
    ABOUT = "about"
    SERVICES = "services"
    PARTNERS = "partners"
    DISCLOSURE = "disclosure"
    BLOG = "blog"
    POST = "post"
    CONTACT = "contact"
    IMPRINT = "imprint"
    OTHER = "other"


class SiteOutcome(StrEnum):
    """How reading a site ended. Everything but `readable` means: not enough evidence, for this reason."""

    READABLE = "readable"
    TOO_LITTLE_TEXT = "too_little_text"
    NEEDS_BROWSER = "needs_browser"
    PARKED = "parked"
    UNREACHABLE = "unreachable"
    FORBIDDEN_BY_ROBOTS = "forbidden_by_robots"
    REFUSED_ADDRESS = "refused_address"
    NOT_HTML = "not_html"
    SERVER_ERROR = "server_error"
    NOT_FOUND = "not_found"
    BLOCKED = "blocked"
    TOO_SLOW = "too_slow"
    BAD_ADDRESS = "bad_address"
    HOSTILE = "hostile"

    @property
    def next_step(self) -> str:
        """What a person can do about it; empty for a readable site."""
        return _NEXT_STEP[self]


_NEXT_STEP = {
    SiteOutcome.READABLE: "",
    SiteOutcome.TOO_LITTLE_TEXT: "Open the site yourself, and add a note or another address of the company.",
    SiteOutcome.NEEDS_BROWSER: "Open the site in a browser and judge it yourself.",
    SiteOutcome.PARKED: "Check whether the company moved to another domain, or set the prospect aside.",
    SiteOutcome.UNREACHABLE: "Check the domain for typing errors; try again later.",
    SiteOutcome.FORBIDDEN_BY_ROBOTS: "Look at the site yourself.",
    SiteOutcome.REFUSED_ADDRESS: "Check the domain for typing errors.",
    SiteOutcome.NOT_HTML: "Give the address of a page of text on the company's site.",
    SiteOutcome.SERVER_ERROR: "Try again later.",
    SiteOutcome.NOT_FOUND: "Check the address.",
    SiteOutcome.BLOCKED: "Look at the site yourself.",
    SiteOutcome.TOO_SLOW: "Try again later.",
    SiteOutcome.HOSTILE: "Do not open it.",
    SiteOutcome.BAD_ADDRESS: "Correct the address of the company's site.",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line per address asked for or refused. `at` is aware UTC, `bytes` the decoded body."""

    url: str
    at: datetime
    outcome: Outcome
    status: int | None
    reason: str | None
    detail: str
    bytes: int
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class SiteSignal:
    """A fact about the site with the words that prove it and the page they stand on."""

    name: str
    value: str
    quote: str
    url: str


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page as read; `fetched_at` is aware UTC.

    `main_text` lacks lines that the site's other pages carry too; `own_text` is the page's text with them, None where
    that is the same. `content_hash` is the SHA-256 (hex) of the text with them: a page has not changed because another
    one did.
    """

    url: str
    kind: PageKind
    title: str
    language: str | None
    main_text: str
    content_hash: str
    emails: tuple[FoundEmail, ...]
    phones: tuple[FoundPhone, ...]
    socials: tuple[FoundSocial, ...]
    links: tuple[PageLink, ...]
    signals: tuple[PageSignal, ...]
    fetched_at: datetime
    status: int
    headings: tuple[str, ...]
    country: str | None = None
    own_text: str | None = None

    @property
    def full_text(self) -> str:
        """Return the text that `content_hash` speaks of: all that this page says, whatever the others say."""
        return self.main_text if self.own_text is None else self.own_text


@dataclass(frozen=True, slots=True)
class GonePage:
    """A page known from an earlier reading that the site no longer has; `why` says how we know."""

    url: str
    why: str


@dataclass(frozen=True, slots=True)
class SiteReport:
    """All that a crawl of one site gave. `detail` says in words how it ended; `outcome.next_step` what to do."""

    domain: str
    start_url: str
    outcome: SiteOutcome
    detail: str
    pages: tuple[SitePage, ...]
    receipts: tuple[Receipt, ...]
    signals: tuple[SiteSignal, ...]
    language: str | None
    gone: tuple[GonePage, ...] = ()
