"""The import itself: what the dry run judged is written in bulk, and row by row where a chunk cannot be written whole.

Bulk and single writing lead to the same rows (a test compares them). A row is done once it names its prospect, which
happens in the transaction that wrote it, so that a run that is killed or run twice doubles nothing.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.models import BatchState, Company, ImportBatch, ImportRow, RowVerdict
from app.queries.imports import owners_by_email
from app.services.companies import find_or_add_company
from app.services.imports.batches import audit_batch, count_added
from app.services.imports.beside import Placed, add_contacts, add_notes, is_known_before
from app.services.imports.bulk import write_entries
from app.services.imports.columns import field_of
from app.services.imports.entries import Entry
from app.services.imports.journal import Journal
from app.services.imports.own_fields import fill_own_fields, take_own_fields
from app.services.imports.settling import settle_all
from app.services.imports.values import BadRow, RowValues, read_values
from app.services.prospects import NewProspect, add_prospect, find_prospect

CHUNK_ROWS = 400


@dataclass(slots=True)
class WriteRun:
    """An import under way: the last line it has been through. A run that starts anew skips the rows that are done."""

    last_line: int = 0

    def work(self) -> None:
        """Do nothing: the rows come from the database, in the transaction that writes them."""

    def record(self, session: Session, batch: ImportBatch) -> bool:
        """Write the next rows; return whether there may be more."""
        rows = list(
            session.scalars(
                select(ImportRow)
                .where(
                    ImportRow.batch_id == batch.id,
                    ImportRow.line > self.last_line,
                    ImportRow.verdict != RowVerdict.BAD,
                    ImportRow.prospect_id.is_(None),
                )
                .order_by(ImportRow.line)
                .limit(CHUNK_ROWS)
            )
        )
        if not rows:
            _finish(session, batch)
            return False
        write_rows(session, batch, rows)
        batch.done_count += len(rows)
        self.last_line = rows[-1].line
        return True


def write_rows(session: Session, batch: ImportBatch, rows: list[ImportRow]) -> None:
    """Write judged rows; each names its prospect afterwards, or is bad with the reason."""
    entries = entries_of(session, batch, rows)
    taken = take_own_fields(session, batch, entries)
    journal = Journal(batch)
    try:
        with session.begin_nested():
            write_entries(session, batch, entries, journal)
    except (IntegrityError, DataError):
        # Somebody added one of these companies a moment ago, or a value fits no column: find out which, one by one.
        journal = Journal(batch)
        for entry in entries:
            _write_alone(session, batch, entry, journal)
    fill_own_fields(session, batch, taken, journal)
    journal.write(session)
    lines = {"first_line": rows[0].line, "last_line": rows[-1].line, "rows": len(rows)}
    audit_batch(session, batch, "import.rows_written", by_user_id=batch.created_by_id, **lines)


def write_entry(session: Session, batch: ImportBatch, entry: Entry, journal: Journal) -> None:
    """Write one row through the services that every other way in uses."""
    values = entry.values
    company = _company_of(session, values)
    known = find_prospect(session, batch.program_id, company.id)
    prospect = known or add_prospect(
        session,
        NewProspect(
            program_id=batch.program_id,
            company_id=company.id,
            source=f"Import: {batch.filename}",
            owner_id=entry.owner_id,
            extra=entry.extra,
            added_by_id=batch.created_by_id,
        ),
    )
    session.flush()
    placed = [Placed(entry, company, prospect.id)]
    add_contacts(session, batch, placed, journal)
    add_notes(session, placed, journal)
    if known or is_known_before(company, batch):
        settle_all(session, batch, placed, journal, fresh=[] if known else [prospect.id])
    entry.mark_done(prospect.id, was_known=known is not None)


def _company_of(session: Session, values: RowValues) -> Company:
    """Return a row's company: the one that stands for its domain as it is, else a new one with what the row says."""
    is_known = session.scalar(select(Company.id).where(Company.domain == values.domain)) is not None
    name, country = ("", None) if is_known else (values.name, values.country)
    company = find_or_add_company(session, domain=values.domain, name=name, website=values.website, country=country)
    session.flush()
    return company


def entries_of(session: Session, batch: ImportBatch, rows: list[ImportRow]) -> list[Entry]:
    """Return what the rows say, as the dry run read them; one that no longer passes is set to bad."""
    columns = {heading: field_of(name) for heading, name in batch.columns.items()}
    owners = owners_by_email(session, batch.program_id)
    entries = []
    for row in rows:
        try:
            values = read_values(row.fields, columns, source=batch.filename)
        except BadRow as error:
            # The rules became stricter since the dry run.
            row.verdict, row.message = RowVerdict.BAD, str(error)
            continue
        entries.append(Entry(row, values, owners.get(values.owner_email), batch.created_by_id))
    return entries


def _write_alone(session: Session, batch: ImportBatch, entry: Entry, journal: Journal) -> None:
    own = Journal(batch)
    try:
        with session.begin_nested():
            write_entry(session, batch, entry, own)
        journal.take_over(own)
    except (IntegrityError, DataError) as error:
        entry.row.prospect_id = None
        entry.row.verdict = RowVerdict.BAD
        entry.row.message = (
            f"The database refused this row ({type(error).__name__}): a value does not fit. Look for odd characters "
            "or very long values, and import the row again."
        )


def _finish(session: Session, batch: ImportBatch) -> None:
    batch.state = BatchState.DONE
    batch.lease_until = None
    batch.finished_at = now()
    # The rows keep every cell of the file; the file itself is no longer needed.
    batch.content = None
    counts = {"added": count_added(session, batch.id), "rows": batch.row_count}
    audit_batch(session, batch, "import.finished", by_user_id=batch.created_by_id, **counts)
    dispatch_after_commit(session, Job.FIND_DUPLICATES, batch.program_id)
