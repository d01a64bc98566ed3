"""Write a chunk of rows with a fixed number of statements, whatever the chunk holds.

One by one, 100,000 rows take ten statements each; here each table takes one look and one insert per chunk. The rules
are those of services/companies, contacts, prospects and crawls.
"""

from collections.abc import Iterable

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.models import (
    ACTIVE_CRAWL_STATES,
    Company,
    Crawl,
    CrawlState,
    FitState,
    ImportBatch,
    MoveEvent,
    Prospect,
    Stage,
    StageChange,
)
from app.queries.merges import standing_companies
from app.services.assigning.giving import choose_owners, note_given
from app.services.imports.beside import Placed, add_contacts, add_notes, insert_all, is_known_before
from app.services.imports.entries import Entry
from app.services.imports.journal import Journal
from app.services.imports.settling import settle_all
from app.services.prospects import last_rank
from app.services.ranks import rank_between


def write_entries(session: Session, batch: ImportBatch, entries: list[Entry], journal: Journal) -> None:
    """Write the entries' companies, prospects, contacts and notes, and see to it that their sites are read.

    Raises IntegrityError where another transaction added one of them meanwhile; the caller then goes one by one.
    """
    companies = _add_companies(session, entries)
    known = _known_prospects(session, batch.program_id, companies.values())
    added = _add_prospects(session, batch, companies, known, entries=_first_of_each(entries))
    prospects = known | added
    here = [companies[entry.values.domain] for entry in entries]
    placed = [Placed(entry, company, prospects[company.id]) for entry, company in zip(entries, here, strict=True)]
    add_contacts(session, batch, placed, journal)
    add_notes(session, placed, journal)
    settle_all(session, batch, _settleable(placed, batch, added), journal, fresh=added.values())
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
    insert_all(
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


def _settleable(placed: list[Placed], batch: ImportBatch, added: dict[int, int]) -> list[Placed]:
    """Return the entries that found something there: all but the first of each company that came with the file."""
    first: set[int] = set()
    found = []
    for each in placed:
        if each.company.id in added and each.company.id not in first:
            first.add(each.company.id)
            if not is_known_before(each.company, batch):
                continue
        found.append(each)
    return found


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
        insert_all(session, Company, fresh)
        known |= _companies(session, [row["domain"] or "" for row in fresh])
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
    insert_all(session, StageChange, [_stage_change(batch, prospect_id) for _, prospect_id in ids])
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
