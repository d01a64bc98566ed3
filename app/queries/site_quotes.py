"""Sentences of an applicant's own site that a review shows, for the reviewer to tick those a decline rests on."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Application, Company, Prospect, Signal
from app.queries.prospect import newest_score

MAX_QUOTES, MAX_QUOTE = 20, 300
# What the risk flags quote, what weighs most first.
_FLAGGED = ("parked", "adult", "gambling", "coupons", "affiliate_link")


@dataclass(frozen=True, slots=True)
class SiteQuote:
    """Words of a page, at most MAX_QUOTE characters, and the page's address."""

    quote: str
    url: str

    @property
    def key(self) -> str:
        """Return what a form sends back: it names these very words, so that nobody ticks others unseen."""
        return hashlib.sha256(f"{self.url}\n{self.quote}".encode()).hexdigest()[:16]


def site_quotes(session: Session, application: Application, *, most: int | None = MAX_QUOTES) -> tuple[SiteQuote, ...]:
    """Return quotes of the applicant's own pages, at most so many: of the risk flags, then of the score's passages.

    Three statements. Nothing of the score is in them; a page on another domain is not theirs to be held against them.
    """
    company = session.scalar(
        select(Company)
        .join(Prospect, Prospect.company_id == Company.id)
        .where(Prospect.id == (application.prospect_id or 0))
    )
    if company is None or application.prospect_id is None:
        return ()
    read = [*_flagged(session, company.id), *_cited(session, application.prospect_id)]
    own = (SiteQuote(shortened(quote), url) for quote, url in read if quote.strip() and _is_own(url, company.domain))
    return tuple(dict.fromkeys(own))[:most]


def flagged_quotes(
    session: Session, application_ids: Collection[int], names: Collection[str]
) -> dict[int, dict[str, SiteQuote]]:
    """Return for each application by its id the first quote of its own pages for each of these signals; one statement.

    Each is one that site_quotes offers too, where the signal is one of a risk flag.
    """
    rows = session.execute(
        select(Application.id, Company.domain, Signal.name, Signal.quote, Signal.url)
        .join(Prospect, Prospect.id == Application.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .join(Signal, Signal.company_id == Company.id)
        .where(Application.id.in_(application_ids), Signal.name.in_(names), Signal.name.in_(_FLAGGED))
        .order_by(Signal.id)
    )
    found: dict[int, dict[str, SiteQuote]] = {}
    for row in rows:
        if row.quote.strip() and _is_own(row.url, row.domain):
            found.setdefault(row.id, {}).setdefault(row.name, SiteQuote(shortened(row.quote), row.url))
    return found


def _flagged(session: Session, company_id: int) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Signal.name, Signal.quote, Signal.url)
        .where(Signal.company_id == company_id, Signal.name.in_(_FLAGGED))
        .order_by(Signal.id)
    )
    return [(row.quote, row.url) for row in sorted(rows, key=lambda row: _FLAGGED.index(row.name))]


def _cited(session: Session, prospect_id: int) -> Iterator[tuple[str, str]]:
    score = newest_score(session, prospect_id, page_ids={})
    for part in score.parts if score else ():
        yield from ((passage.quote, passage.url) for passage in part.citations)


def shortened(quote: str) -> str:
    """Return words on one line, at most MAX_QUOTE characters."""
    words = " ".join(quote.split())
    return words if len(words) <= MAX_QUOTE else f"{words[: MAX_QUOTE - 1].rstrip()}…"


def _is_own(url: str, domain: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and (host == domain or host.endswith(f".{domain}"))
