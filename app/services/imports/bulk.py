"""Write a chunk of rows with a fixed number of statements, whatever the chunk holds.

One by one, 100,000 rows take ten statements each; here each table takes one look and one insert per chunk. The rules
are those of services/companies, contacts, prospects and crawls.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Base
from app.dispatch import Job, dispatch_after_commit
from app.models import (
    ACTIVE_CRAWL_STATES,
    Activity,
    ActivityKind,
    Company,
    Contact,
    ContactField,
    ContactValue,
    Crawl,
    CrawlState,
    FitState,
    ImportBatch,
    ImportRow,
    MoveEvent,
    Prospect,
    RowVerdict,
    Stage,
    StageChange,
)
from app.queries.merges import standing_companies
from app.services.assigning.giving import choose_owners, note_given
from app.services.contacts import FoundContact
from app.services.imports.values import RowValues
from app.services.prospects import last_rank
from app.services.ranks import rank_between


@dataclass(frozen=True, slots=True)
class Entry:
    """A row on its way in: what it says, who will own its prospect, who imports it."""

    row: ImportRow
    values: RowValues
    owner_id: int | None
    imported_by_id: int | None

    @property
    def contact(self) -> FoundContact:
        """Return the row's contact, with the person who brought it."""
        return replace(self.values.contact, entered_by_id=self.imported_by_id)

    @property
    def extra(self) -> dict[str, str]:
        """Return the extra columns; an owner who does not work in the program is kept among them."""
        if self.values.owner_email and self.owner_id is None:
            return self.values.extra | {"owner e-mail": self.values.owner_email}
        return self.values.extra

    def mark_done(self, prospect_id: int, *, was_known: bool) -> None:
        """Tie the row to its prospect and let the verdict say what really happened, if somebody was faster."""
        self.row.prospect_id = prospect_id
        is_new = self.row.verdict in (RowVerdict.NEW, RowVerdict.NEW_IN_PROGRAM)
        if was_known and is_new:
            self.row.verdict = RowVerdict.KNOWN
            self.row.message = "Added to this program by somebody else since the check."
        elif not was_known and not is_new:
            self.row.verdict = RowVerdict.NEW


def write_entries(session: Session, batch: ImportBatch, entries: list[Entry]) -> None:
    """Write the entries' companies, prospects, contacts and notes, and see to it that their sites are read.

    Raises IntegrityError where another transaction added one of them meanwhile; the caller then goes one by one.
    """
    companies = _add_companies(session, entries)
    known = _known_prospects(session, batch.program_id, companies.values())
    added = _add_prospects(session, batch, companies, known, entries=_first_of_each(entries))
    _add_contacts(session, [(companies[entry.values.domain].id, entry.contact) for entry in entries])
    prospects = known | added
    _add_notes(session, [(prospects[companies[entry.values.domain].id], entry) for entry in entries])
    for entry in entries:
        company_id = companies[entry.values.domain].id
        is_first = added.pop(company_id, None) is not None
        entry.mark_done(prospects[company_id], was_known=not is_first)
    session.flush()


def request_crawls(session: Session, company_ids: Iterable[int], *, requested_by_id: int | None) -> int:
    """Ask for many sites to be read, as services.crawls.request_crawl does for one; return how many were asked for."""
    wanted = set(company_ids)
    # Told apart here: asked for both, SQLite looks through every active crawl there is instead of these companies'.
    crawls = session.execute(select(Crawl.company_id, Crawl.state).where(Crawl.company_id.in_(wanted)))
    wanted -= {company_id for company_id, state in crawls if state in ACTIVE_CRAWL_STATES}
    if not wanted:
        return 0
    _insert_all(
        session,
        Crawl,
        [{"company_id": company_id, "requested_by_id": requested_by_id} for company_id in sorted(wanted)],
    )
    session.execute(
        update(Company)
        .where(Company.id.in_(wanted))
        .values(crawl_state=CrawlState.WAITING, crawl_outcome="")
        .execution_options(synchronize_session=False)
    )
    dispatch_after_commit(session, Job.DRAIN_CRAWLS)
    return len(wanted)


def _insert_all(session: Session, kind: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows past the ORM, whose objects nothing here needs."""
    session.connection().execute(insert(kind), list(rows))


def _first_of_each(entries: list[Entry]) -> list[Entry]:
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.values.domain, entry)
    return list(first.values())


def _companies(session: Session, domains: Iterable[str]) -> dict[str, Company]:
    found = session.scalars(select(Company).where(Company.domain.in_(list(domains))))
    return standing_companies(session, {company.domain: company for company in found})


def _add_companies(session: Session, entries: list[Entry]) -> dict[str, Company]:
    first = {entry.values.domain: entry.values for entry in _first_of_each(entries)}
    known = _companies(session, first)
    fresh = [
        {"domain": domain, "name": values.name or domain, "website": values.website, "country": values.country}
        for domain, values in first.items()
        if domain not in known
    ]
    if fresh:
        _insert_all(session, Company, fresh)
        known |= _companies(session, [row["domain"] or "" for row in fresh])
    for entry in entries:
        company = known[entry.values.domain]
        if entry.values.name and company.name == company.domain:
            company.name = entry.values.name
        company.country = company.country or entry.values.country
    session.flush()
    return known


def _known_prospects(session: Session, program_id: int, companies: Iterable[Company]) -> dict[int, int]:
    rows = session.execute(
        select(Prospect.company_id, Prospect.id).where(
            Prospect.program_id == program_id, Prospect.company_id.in_([company.id for company in companies])
        )
    )
    return dict(rows.all())


def _add_prospects(
    session: Session,
    batch: ImportBatch,
    companies: dict[str, Company],
    known: dict[int, int],
    *,
    entries: list[Entry],
) -> dict[int, int]:
    """Add the missing prospects at the end of the first column, in file order; return their ids by company."""
    fresh = [(entry, companies[entry.values.domain]) for entry in entries]
    fresh = [(entry, company) for entry, company in fresh if company.id not in known]
    if not fresh:
        return {}
    without_owner = [company for entry, company in fresh if entry.owner_id is None]
    choices = choose_owners(session, batch.program_id, without_owner, source=_source(batch))
    rank = last_rank(session, batch.program_id, Stage.SOURCED)
    rows, unread = [], []
    for entry, company in fresh:
        rank = rank_between(rank, None)
        rows.append(_prospect_row(batch, entry, company) | {"rank": rank})
        if company.id in choices:
            rows[-1]["owner_id"] = choices[company.id].owner_id
        if company.read_at is None:
            unread.append(company.id)
    added = insert(Prospect).returning(Prospect.company_id, Prospect.id)
    ids = session.connection().execute(added, rows).all()
    by_company = dict(ids)
    note_given(session, batch.program_id, {by_company[each]: choice for each, choice in choices.items()})
    _insert_all(session, StageChange, [_stage_change(batch, prospect_id) for _, prospect_id in ids])
    request_crawls(session, unread, requested_by_id=batch.created_by_id)
    if len(unread) < len(rows):
        dispatch_after_commit(session, Job.DRAIN_FIT)
    return by_company


def _source(batch: ImportBatch) -> str:
    return f"Import: {batch.filename}"[:200]


def _prospect_row(batch: ImportBatch, entry: Entry, company: Company) -> dict[str, object]:
    is_read = company.read_at is not None
    return {
        "program_id": batch.program_id,
        "company_id": company.id,
        "stage": Stage.SOURCED,
        "stage_since_at": now(),
        "owner_id": entry.owner_id,
        "source": _source(batch),
        "extra": entry.extra,
        "fit_state": FitState.WAITING if is_read else FitState.UNREAD,
        "fit_requested_at": now() if is_read else None,
    }


def _stage_change(batch: ImportBatch, prospect_id: int) -> dict[str, object]:
    return {
        "prospect_id": prospect_id,
        "from_stage": None,
        "to_stage": Stage.SOURCED,
        "event": MoveEvent.IMPORTED,
        "by_user_id": batch.created_by_id,
        "reason": f"Import: {batch.filename}",
    }


def _add_contacts(session: Session, finds: list[tuple[int, FoundContact]]) -> None:
    wanted = {(company_id, found.key): None for company_id, found in finds if found.key}
    if not wanted:
        return
    ids = _contact_ids(session, wanted)
    missing = [{"company_id": company_id, "key": key} for company_id, key in wanted if (company_id, key) not in ids]
    if missing:
        _insert_all(session, Contact, missing)
        ids = _contact_ids(session, wanted)
    known = _contact_values(session, ids.values())
    rows = []
    for company_id, found in finds:
        for kind, value in found.values():
            place = (ids[company_id, found.key], kind, value)
            if place not in known:
                known.add(place)
                rows.append(_value_row(found, *place))
    if rows:
        _insert_all(session, ContactValue, rows)


def _contact_ids(session: Session, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Return the ids of the wanted contacts that are there.

    All contacts of the companies are read: SQLite answers a list of pairs by reading the whole table.
    """
    companies = {company_id for company_id, _ in wanted}
    rows = session.execute(select(Contact.company_id, Contact.key, Contact.id).where(Contact.company_id.in_(companies)))
    return {(company_id, key): contact_id for company_id, key, contact_id in rows}


def _contact_values(session: Session, contact_ids: Iterable[int]) -> set[tuple[int, ContactField, str]]:
    rows = session.execute(
        select(ContactValue.contact_id, ContactValue.field, ContactValue.value).where(
            ContactValue.contact_id.in_(list(contact_ids))
        )
    )
    return {(contact_id, kind, value) for contact_id, kind, value in rows}


def _value_row(found: FoundContact, contact_id: int, kind: ContactField, value: str) -> dict[str, object]:
    return {
        "contact_id": contact_id,
        "field": kind,
        "value": value,
        "provenance": found.provenance,
        "source": found.source,
        "entered_by_id": found.entered_by_id,
    }


def _add_notes(session: Session, placed: list[tuple[int, Entry]]) -> None:
    """Add each note as an activity, once per prospect and text: the same file again says nothing new."""
    authors = {(place, entry.values.note): entry.imported_by_id for place, entry in placed if entry.values.note}
    if not authors:
        return
    known = session.execute(
        select(Activity.prospect_id, Activity.body).where(Activity.prospect_id.in_({place for place, _ in authors}))
    )
    for place, body in known:
        authors.pop((place, body), None)
    if authors:
        _insert_all(
            session,
            Activity,
            [
                {"prospect_id": place, "kind": ActivityKind.NOTE, "body": body, "author_id": author_id}
                for (place, body), author_id in authors.items()
            ],
        )
