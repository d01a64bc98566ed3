"""Imports as a person starts, stops and takes them up again. The rows are judged and written elsewhere, in steps."""

from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import SOURCE, in_language, number
from app.languages import gettext as _
from app.models import BatchState, ImportBatch, ImportRow, RowVerdict
from app.services.audit import record_audit
from app.services.errors import Conflict, NotFound
from app.services.imports.columns import says_company
from app.services.imports.reading import Table

# A file of at most this many rows is judged while the person waits; a longer one in the background.
INLINE_ROWS = 2_000
UNDER_WAY = (BatchState.CHECKING, BatchState.IMPORTING, BatchState.UNDOING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file to be imported into a program, as it came from the browser or the command line."""

    program_id: int
    filename: str
    content: bytes
    table: Table
    uploaded_by_id: int | None
    # What to know about how the file was read, shown until the import starts.
    remark: str = ""


def add_batch(session: Session, upload: Upload, *, in_background: bool) -> ImportBatch:
    """Keep an uploaded file as a batch to be checked: in the background, else by the caller through `run_batch`."""
    batch = ImportBatch(
        program_id=upload.program_id,
        created_by_id=upload.uploaded_by_id,
        filename=_safe_name(upload.filename),
        content=upload.content,
        encoding=upload.table.encoding,
        delimiter=upload.table.delimiter,
        detail=upload.remark,
        columns={heading: field.value for heading, field in upload.table.columns.items()},
        row_count=upload.table.row_estimate,
    )
    session.add(batch)
    session.flush()
    audit_batch(session, batch, "import.uploaded", by_user_id=upload.uploaded_by_id, **_progress(batch))
    if in_background:
        dispatch_after_commit(session, Job.RUN_IMPORT, batch.id)
    return batch


def batch_for(session: Session, program_id: int, batch_id: int, *, for_change: bool = False) -> ImportBatch:
    """Return a batch of a program, locked where it is to be changed.

    Raises NotFound for one that is not there or belongs to another program.
    """
    batch = _find(session, batch_id, lock=for_change)
    if batch is None or batch.program_id != program_id:
        raise NotFound(_("There is no such import in this program."))
    return batch


def load_batch(session: Session, batch_id: int) -> ImportBatch:
    """Return a batch by id, locked, without its file (up to 25 MB), which is read when asked for; raises NotFound."""
    batch = _find(session, batch_id, lock=True)
    if batch is None:
        raise NotFound(f"There is no import {batch_id}.")
    return batch


def start_batch(session: Session, batch: ImportBatch, *, by_user_id: int | None, in_background: bool = True) -> None:
    """Start or go on with what is left of a batch: the check where it did not get to the end, else the import.

    Raises Conflict where it is under way or done, or where no row of it can be imported.
    """
    if batch.state in UNDER_WAY:
        raise Conflict(_("This import is under way already; its progress is shown below."))
    if batch.state is BatchState.DONE:
        raise Conflict(_("This file has been imported already. Upload it again to check it against what is there now."))
    if batch.undo:
        words = _("This import has been taken back, in whole or in part. Upload the file again to import it.")
        raise Conflict(words)
    if not says_company(batch.columns.values()):
        raise Conflict(_("Choose first which column holds the website or the e-mail address."))
    is_checked = _is_checked(session, batch)
    if not is_checked and not has_file(session, batch):
        raise Conflict(_("This file is no longer kept. Upload it again to import it."))
    if is_checked:
        if not _count(session, batch.id, ImportRow.verdict != RowVerdict.BAD):
            raise Conflict(
                _("No row of this file can be imported. Correct the rows in the error file and upload that.")
            )
        batch.state = BatchState.IMPORTING
        batch.done_count = _count(session, batch.id, ImportRow.prospect_id.is_not(None))
    else:
        batch.state = BatchState.CHECKING
    batch.detail = ""
    batch.lease_until = None
    batch.attempts = 0
    batch.finished_at = None
    audit_batch(session, batch, "import.started", by_user_id=by_user_id, **_progress(batch))
    if in_background:
        dispatch_after_commit(session, Job.RUN_IMPORT, batch.id)


def cancel_batch(session: Session, batch: ImportBatch, *, by_user_id: int | None) -> str:
    """Stop a batch after the rows that are being written, prospects it has added stay; return that in words.

    Raises Conflict where it has ended already.
    """
    if batch.state is BatchState.UNDOING or batch.state not in (*UNDER_WAY, BatchState.CHECKED):
        raise Conflict(_("This import has ended already; there is nothing left to cancel."))
    words = _words_of_cancel(batch)
    with in_language(SOURCE):
        batch.detail = _words_of_cancel(batch)
    if _count(session, batch.id, ImportRow.prospect_id.is_not(None)):
        # Every row has its verdict and keeps its cells; only other columns or an unfinished check need the file again.
        batch.content = None
    batch.state = BatchState.CANCELED
    batch.lease_until = None
    batch.finished_at = now()
    audit_batch(session, batch, "import.canceled", by_user_id=by_user_id, **_progress(batch))
    return words


def fail_batch(session: Session, batch_id: int, reason: str) -> None:
    """Set a batch aside that cannot go on, with a reason in words; a person may start it again."""
    batch = load_batch(session, batch_id)
    if batch.state not in UNDER_WAY:
        return
    batch.state = BatchState.FAILED
    batch.detail = reason
    batch.lease_until = None
    batch.finished_at = now()
    audit_batch(session, batch, "import.failed", by_user_id=None, **_progress(batch))


def audit_batch(
    session: Session, batch: ImportBatch, action: str, *, by_user_id: int | None, **details: object
) -> None:
    """Record what was done with a file, by its name and what else `details` says in JSON values."""
    record_audit(
        session,
        action,
        subject=f"import:{batch.id}",
        actor_id=by_user_id,
        program_id=batch.program_id,
        details={"filename": batch.filename, **details},
    )


def has_file(session: Session, batch: ImportBatch) -> bool:
    """Say whether the file itself is still kept, without reading it."""
    return bool(session.scalar(select(ImportBatch.content.is_not(None)).where(ImportBatch.id == batch.id)))


def count_added(session: Session, batch_id: int) -> int:
    """Return how many prospects a batch has added so far."""
    is_new = ImportRow.verdict.in_((RowVerdict.NEW, RowVerdict.NEW_IN_PROGRAM))
    return _count(session, batch_id, is_new, ImportRow.prospect_id.is_not(None))


def _find(session: Session, batch_id: int, *, lock: bool) -> ImportBatch | None:
    query = select(ImportBatch).options(defer(ImportBatch.content)).where(ImportBatch.id == batch_id)
    return session.scalar(query.with_for_update() if lock else query)


def _is_checked(session: Session, batch: ImportBatch) -> bool:
    """Say whether every row has a verdict: the check counts the rows exactly when it gets to the end."""
    return bool(batch.row_count) and _count(session, batch.id) == batch.row_count


def _count(session: Session, batch_id: int, *conditions: object) -> int:
    query = select(func.count()).select_from(ImportRow).where(ImportRow.batch_id == batch_id, *conditions)  # type: ignore[arg-type]
    return session.scalars(query).one()


def _progress(batch: ImportBatch) -> dict[str, int]:
    return {"rows": batch.row_count, "done": batch.done_count}


def _words_of_cancel(batch: ImportBatch) -> str:
    if batch.state is BatchState.IMPORTING:
        return _("Canceled after %(num)s rows. What was imported stays; go on with the rest at any time.",
                 num=number(batch.done_count))  # fmt: skip
    return _("Canceled. Nothing was imported.")


def _safe_name(filename: str) -> str:
    """Return the bare name of an uploaded file, whatever path or control characters the browser sent with it."""
    name = PurePath(filename.replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable())[-255:] or "import.csv"
