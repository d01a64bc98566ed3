"""Take an import back: what it added goes, what it wrote over comes back, what was edited since stays."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, not_, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.languages import mark
from app.models import (
    Activity,
    ActivityKind,
    BatchState,
    Company,
    Contact,
    ContactValue,
    ImportBatch,
    ImportRow,
    Prospect,
)
from app.models.batch import ImportChange
from app.models.custom_field import CustomField
from app.models.wave import WaveImport
from app.services.custom_field_values import sort_key
from app.services.errors import Conflict
from app.services.imports.batches import audit_batch
from app.services.imports.journal import CONTACT, CONTACT_VALUE, NOTE, OWN_FIELD, VALUE, digest
from app.services.imports.own_fields import values_in
from app.services.imports.settling import ADDED, put, value_of
from app.services.taking_back import is_pointed_at, remove_prospects, untouched

UNDO_FOR = timedelta(days=30)
CHUNK_ROWS = 200
TAKEN_BACK = mark("Taken back.")
STAYS = mark("Stays: somebody has worked on it since the import.")
_WRITTEN = (BatchState.DONE, BatchState.CANCELED, BatchState.FAILED)


def why_not_undone(session: Session, batch: ImportBatch) -> str:
    """Return why an import cannot be taken back, in words; empty where it can."""
    if batch.state is BatchState.UNDONE:
        return _("This import was undone already.")
    if batch.state not in _WRITTEN or batch.finished_at is None:
        return _("This import is under way. Cancel it first, then undo what it has written.")
    if now() - batch.finished_at > UNDO_FOR:
        return _("An import can be undone for %(days)s days; this one is older.", days=UNDO_FOR.days)
    if session.scalar(select(WaveImport.id).where(WaveImport.batch_id == batch.id)) is not None:
        return _("These partners came in by a migration; take them back on its page.")
    if not _has_written(session, batch.id):
        return _("This import has written nothing that could be undone.")
    return ""


def start_undo(session: Session, batch: ImportBatch, *, by_user_id: int | None, in_background: bool = True) -> None:
    """Begin to take an import back. Raises Conflict where that cannot be (any more)."""
    if words := why_not_undone(session, batch):
        raise Conflict(words)
    batch.state = BatchState.UNDOING
    batch.detail, batch.lease_until, batch.attempts, batch.done_count = "", None, 0, 0
    # Not empty from now on: what has begun to be taken back is not imported any further.
    batch.undo, batch.undone_by_id = {"line": 0}, by_user_id
    audit_batch(session, batch, "import.undo_started", by_user_id=by_user_id)
    if in_background:
        dispatch_after_commit(session, Job.RUN_IMPORT, batch.id)


@dataclass(slots=True)
class UndoRun:
    """An undo under way. How far it is stands in the batch, written with each chunk, so that a killed one goes on."""

    def work(self) -> None:
        """Do nothing: everything is in the database, in the transaction that changes it."""

    def record(self, session: Session, batch: ImportBatch) -> bool:
        """Take back the next rows, then the next of what was written beside them; return whether there is more."""
        done = Counter(batch.undo)
        rows = _added_rows(session, batch.id, behind=done["line"])
        if rows:
            removed = _take_rows_back(session, batch, rows)
            done["line"] = rows[-1].line
            done.update(removed=removed, kept=len(rows) - removed)
            batch.done_count += len(rows)
        else:
            changes = _changes(session, batch.id)
            if not changes:
                return self._finish(session, batch)
            put_back = _take_changes_back(session, changes)
            done.update(put_back=put_back, stayed=len(changes) - put_back)
        batch.undo = dict(done)
        return True

    def _finish(self, session: Session, batch: ImportBatch) -> bool:
        # What the prospects that stay were given stays with them.
        session.execute(delete(ImportChange).where(ImportChange.batch_id == batch.id))
        batch.undo = {name: number for name, number in batch.undo.items() if name != "line"}
        batch.state, batch.lease_until = BatchState.UNDONE, None
        audit_batch(session, batch, "import.undone", by_user_id=batch.undone_by_id, **batch.undo)
        return False


def kept_prospects(session: Session, batch_id: int, *, limit: int = 20) -> list[tuple[int, str]]:
    """Return (prospect, company name) of the first of those that an undone import added and that stayed."""
    rows = session.execute(
        select(Prospect.id, Company.name)
        .join(ImportRow, ImportRow.prospect_id == Prospect.id)
        .join(Company, Company.id == Prospect.company_id)
        .where(ImportRow.batch_id == batch_id, ImportRow.verdict.in_(ADDED))
        .order_by(ImportRow.line)
        .limit(limit)
    )
    return [(prospect_id, name) for prospect_id, name in rows]


def _has_written(session: Session, batch_id: int) -> bool:
    added = select(ImportRow.id).where(
        ImportRow.batch_id == batch_id, ImportRow.verdict.in_(ADDED), ImportRow.prospect_id.is_not(None)
    )
    changed = select(ImportChange.id).where(ImportChange.batch_id == batch_id)
    return any(session.scalar(each.limit(1)) is not None for each in (added, changed))


def _added_rows(session: Session, batch_id: int, *, behind: int) -> Sequence[ImportRow]:
    return session.scalars(
        select(ImportRow)
        .where(
            ImportRow.batch_id == batch_id,
            ImportRow.line > behind,
            ImportRow.verdict.in_(ADDED),
            ImportRow.prospect_id.is_not(None),
        )
        .order_by(ImportRow.line)
        .limit(CHUNK_ROWS)
    ).all()


def _take_rows_back(session: Session, batch: ImportBatch, rows: Sequence[ImportRow]) -> int:
    """Remove the prospects of these rows that nobody worked on; return how many."""
    ids = [row.prospect_id for row in rows if row.prospect_id is not None]
    # Locked before they are looked at: a note or a mail that comes in meanwhile waits, and finds them gone.
    session.execute(select(Prospect.id).where(Prospect.id.in_(ids)).with_for_update())
    still = untouched(session, ids, ignored=("activities", "custom_values", "import_changes"))
    removed = set(still) - _with_other_notes(session, batch.id, still)
    for row in rows:
        is_removed = row.prospect_id in removed
        row.message = TAKEN_BACK if is_removed else STAYS
    session.flush()
    with_them = ImportChange.batch_id == batch.id, ImportChange.prospect_id.in_(removed)
    session.execute(delete(ImportChange).where(*with_them).execution_options(synchronize_session=False))
    remove_prospects(session, sorted(removed), since=batch.created_at, source=batch.filename)
    return len(removed)


def _with_other_notes(session: Session, batch_id: int, prospect_ids: Iterable[int]) -> set[int]:
    """Return the prospects with a note, call or message that is not as this import wrote it."""
    wanted = list(prospect_ids)
    journal = session.execute(
        select(ImportChange.prospect_id, ImportChange.after).where(
            ImportChange.batch_id == batch_id, ImportChange.kind == NOTE, ImportChange.prospect_id.in_(wanted)
        )
    )
    ours = {(prospect_id, after) for prospect_id, after in journal}
    written = session.execute(
        select(Activity.prospect_id, Activity.kind, Activity.body).where(Activity.prospect_id.in_(wanted))
    )
    return {
        prospect_id
        for prospect_id, kind, body in written
        if kind is not ActivityKind.NOTE or (prospect_id, digest(body)) not in ours
    }


def _changes(session: Session, batch_id: int) -> Sequence[ImportChange]:
    """Return the newest changes that are not those of a prospect the import added and that stays."""
    stays = select(ImportRow.prospect_id).where(
        ImportRow.batch_id == batch_id, ImportRow.verdict.in_(ADDED), ImportRow.prospect_id.is_not(None)
    )
    return session.scalars(
        select(ImportChange)
        .where(
            ImportChange.batch_id == batch_id,
            or_(ImportChange.prospect_id.is_(None), ImportChange.prospect_id.not_in(stays)),
        )
        .order_by(ImportChange.id.desc())
        .limit(CHUNK_ROWS)
    ).all()


def _take_changes_back(session: Session, changes: Sequence[ImportChange]) -> int:
    """Take these changes back, the newest first, where they stand as they were written; return how many."""
    by_kind: dict[str, list[ImportChange]] = defaultdict(list)
    for change in changes:
        by_kind[change.kind].append(change)
    put_back = _values_back(session, by_kind[VALUE]) + _own_fields_back(session, by_kind[OWN_FIELD])
    put_back += _notes_back(session, by_kind[NOTE]) + _contact_values_back(session, by_kind[CONTACT_VALUE])
    session.flush()
    put_back += _contacts_back(session, by_kind[CONTACT])
    for change in changes:
        session.delete(change)
    session.flush()
    return put_back


def _values_back(session: Session, changes: Sequence[ImportChange]) -> int:
    companies, prospects = _touched(session, changes)
    done = 0
    for change in changes:
        company, prospect = companies[change.company_id], prospects.get(change.prospect_id or 0)
        if value_of(company, prospect, change.field) != change.after:
            continue
        put(company, prospect, change.field, change.before or "")
        if prospect is not None:
            prospect.version += 1
        done += 1
    return done


def _touched(session: Session, changes: Sequence[ImportChange]) -> tuple[dict[int, Company], dict[int, Prospect]]:
    """Return the companies and the prospects that these changes were made to, by id."""
    company_ids, prospect_ids = {each.company_id for each in changes}, {each.prospect_id for each in changes}
    companies = session.scalars(select(Company).where(Company.id.in_(company_ids)))
    prospects = session.scalars(select(Prospect).where(Prospect.id.in_(prospect_ids - {None})))
    return {each.id: each for each in companies}, {each.id: each for each in prospects}


def _own_fields_back(session: Session, changes: Sequence[ImportChange]) -> int:
    _companies, prospects = _touched(session, changes)
    rows = values_in(session, prospects, {int(each.field) for each in changes})
    kinds = dict(session.execute(select(CustomField.id, CustomField.kind)).all()) if rows else {}
    done = 0
    for change in changes:
        field_id = int(change.field)
        row = rows.get((change.prospect_id or 0, field_id))
        if row is None or row.value != change.after:
            continue
        if change.before:
            row.value, row.sort_key = change.before, sort_key(kinds[field_id], change.before)
        else:
            session.delete(rows.pop((row.prospect_id, field_id)))
        prospects[row.prospect_id].version += 1
        done += 1
    return done


def _notes_back(session: Session, changes: Sequence[ImportChange]) -> int:
    wanted = {(change.prospect_id, change.after) for change in changes}
    notes = session.scalars(select(Activity).where(Activity.prospect_id.in_([place for place, _ in wanted])))
    found = {(note.prospect_id, digest(note.body)): note for note in notes if note.kind is ActivityKind.NOTE}
    gone = [note for place, note in found.items() if place in wanted]
    for note in gone:
        session.delete(note)
    return len(gone)


def _contact_values_back(session: Session, changes: Sequence[ImportChange]) -> int:
    wanted = {(change.row_id, change.field, change.after) for change in changes}
    values = session.scalars(select(ContactValue).where(ContactValue.contact_id.in_([place for place, _, _ in wanted])))
    gone = [each for each in values if (each.contact_id, each.field.value, digest(each.value)) in wanted]
    for value in gone:
        session.delete(value)
    return len(gone)


def _contacts_back(session: Session, changes: Sequence[ImportChange]) -> int:
    """Remove contacts that nothing is left of and nobody works with."""
    ids = [change.row_id for change in changes]
    free = select(Contact.id).where(Contact.id.in_(ids), not_(is_pointed_at(Contact, ignored=())))
    gone = list(session.scalars(free))
    session.execute(delete(Contact).where(Contact.id.in_(gone)).execution_options(synchronize_session=False))
    return len(gone)
