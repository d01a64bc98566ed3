"""What is known of a company and where it was found: saved pages, signals, contacts, the crawl and its receipts."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.languages import gettext
from app.models import (
    ACTIVE_CRAWL_STATES,
    Contact,
    ContactField,
    ContactValue,
    Crawl,
    CrawlState,
    FetchReceipt,
    Page,
    Provenance,
    Signal,
    User,
)
from app.queries.engine_words import signal_label
from app.queries.links import outside_link
from scrapers.report import SiteOutcome

MAX_RECEIPTS = 200
MAX_CONTACTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """One saved page of a site, without its text."""

    id: int
    url: str
    title: str
    kind: str
    language: str | None
    content_hash: str
    characters: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class FoundSignal:
    """A fact read off the site with the words that show it; `page_id` is None where the page is not saved."""

    name: str
    value: str
    quote: str
    url: str
    href: str | None
    page_id: int | None

    @property
    def label(self) -> str:
        """Return the signal's name as people read it."""
        return signal_label(self.name)


@dataclass(frozen=True, slots=True)
class KnownValue:
    """One value of a contact with where it came from; `source_href` is a link to there, if there is one."""

    field: ContactField
    value: str
    provenance: Provenance
    source: str
    source_href: str | None
    entered_by: str | None
    found_at: datetime
    id: int = 0

    @property
    def href(self) -> str | None:
        """Where a click on the value leads: mail, phone or the social profile."""
        match self.field:
            case ContactField.EMAIL:
                return f"mailto:{self.value}"
            case ContactField.PHONE:
                return f"tel:{self.value}"
            case ContactField.SOCIAL:
                return outside_link(self.value)
        return None


@dataclass(slots=True)
class KnownContact:
    """A person or shared mailbox with all that is known of it, names first."""

    id: int
    values: list[KnownValue] = field(default_factory=list)

    @property
    def title(self) -> KnownValue:
        """What the contact is called by: its name, else its address, number or profile."""
        return min(self.values, key=lambda value: (value.field is ContactField.ROLE, _FIELDS.index(value.field)))

    @property
    def details(self) -> list[KnownValue]:
        """Every value but the name it is called by."""
        return [value for value in self.values if value is not self.title or value.field is not ContactField.NAME]

    @property
    def is_person(self) -> bool:
        """Whether a name is known."""
        return self.title.field is ContactField.NAME


_FIELDS = list(ContactField)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSummary:
    """The newest crawl of a site, in words."""

    id: int
    state: CrawlState
    outcome: str
    detail: str
    requested_at: datetime
    finished_at: datetime | None
    page_count: int
    passage_count: int

    @property
    def is_active(self) -> bool:
        """Whether it is still under way."""
        return self.state in ACTIVE_CRAWL_STATES

    @property
    def is_readable(self) -> bool:
        """Whether it gave enough to score."""
        return self.outcome == SiteOutcome.READABLE

    @property
    def next_step(self) -> str:
        """What a person can do about a site that could not be read; empty for one that could."""
        return gettext(words) if (words := self._next_step) else ""

    @property
    def _next_step(self) -> str:
        try:
            return SiteOutcome(self.outcome).next_step
        except ValueError:
            return ""

    @property
    def trouble(self) -> str:
        """Why the site could not be read and what to do, each said once."""
        return self.detail if self._next_step in self.detail else f"{self.detail} {self.next_step}"


def saved_pages(session: Session, company_id: int) -> list[SavedPage]:
    """Return the saved pages of a company's site in the order they were first read, the home page first."""
    rows = session.execute(
        select(
            Page.id,
            Page.url,
            Page.title,
            Page.kind,
            Page.language,
            Page.content_hash,
            func.length(Page.text).label("characters"),
            Page.fetched_at,
        )
        .where(Page.company_id == company_id)
        .order_by(Page.id)
    )
    return [SavedPage(**row._mapping) for row in rows]


def page_ids(pages: list[SavedPage]) -> dict[str, int]:
    """Return the ids of saved pages by address."""
    return {page.url: page.id for page in pages}


def signals(session: Session, company_id: int, *, pages: dict[str, int]) -> list[FoundSignal]:
    """Return the facts read off a site, by name."""
    rows = session.scalars(select(Signal).where(Signal.company_id == company_id).order_by(Signal.name, Signal.id))
    return [
        FoundSignal(row.name, row.value, row.quote, row.url, outside_link(row.url), pages.get(row.url)) for row in rows
    ]


def contacts(session: Session, company_id: int) -> list[KnownContact]:
    """Return the contacts of a company, people first, each value with its provenance; at most MAX_CONTACTS."""
    oldest = select(Contact.id).where(Contact.company_id == company_id).order_by(Contact.id).limit(MAX_CONTACTS)
    rows = session.execute(
        select(ContactValue, User.name)
        .outerjoin(User, User.id == ContactValue.entered_by_id)
        .where(ContactValue.contact_id.in_(oldest))
        .order_by(ContactValue.contact_id, ContactValue.id)
    )
    found: dict[int, KnownContact] = {}
    for value, entered_by in rows:
        known = KnownValue(
            value.field,
            value.value,
            value.provenance,
            value.source,
            outside_link(value.source),
            entered_by,
            value.found_at,
            value.id,
        )
        found.setdefault(value.contact_id, KnownContact(value.contact_id)).values.append(known)
    for contact in found.values():
        contact.values.sort(key=lambda value: _FIELDS.index(value.field))
    return sorted(found.values(), key=lambda contact: (not contact.is_person, contact.id))


def newest_crawl(session: Session, company_id: int) -> CrawlSummary | None:
    """Return the newest crawl of a company's site, or None where it was never asked for."""
    row = session.scalar(select(Crawl).where(Crawl.company_id == company_id).order_by(Crawl.id.desc()).limit(1))
    if row is None:
        return None
    return CrawlSummary(
        id=row.id,
        state=row.state,
        outcome=row.outcome,
        detail=row.detail,
        requested_at=row.requested_at,
        finished_at=row.finished_at,
        page_count=row.page_count,
        passage_count=row.passage_count,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReceipt:
    """What one request came to: `outcome` is fetched, refused or failed; `reason` a word, `detail` a sentence."""

    url: str
    outcome: str
    status: int | None
    reason: str
    detail: str
    bytes: int
    elapsed_ms: int


def receipts(session: Session, crawl_id: int) -> list[ShownReceipt]:
    """Return what each request of a crawl came to, in order; refusals are among them. At most MAX_RECEIPTS."""
    rows = session.execute(
        select(
            FetchReceipt.url,
            FetchReceipt.outcome,
            FetchReceipt.status,
            FetchReceipt.reason,
            FetchReceipt.detail,
            FetchReceipt.bytes,
            FetchReceipt.elapsed_ms,
        )
        .where(FetchReceipt.crawl_id == crawl_id)
        .order_by(FetchReceipt.id)
        .limit(MAX_RECEIPTS)
    )
    return [ShownReceipt(**row._mapping) for row in rows]
