"""Files that our own people keep with a prospect: judged by their content, brought back for a week after deleting."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Prospect, User
from app.models.prospect_file import ProspectFile
from app.services.audit import record_audit
from app.services.document_store import Unusable, content_of, drop, judge, keep
from app.services.erased_words import Words
from app.services.errors import Conflict, InvalidInput, NotFound

BACK_FOR = timedelta(days=7)
# Of one prospect: enough for decks and papers, too little to fill a disk by.
MAX_FILES = 50
MAX_TOTAL_BYTES = 100 * 1024 * 1024


def add_file(session: Session, prospect: Prospect, content: bytes, *, filename: str, actor: User) -> ProspectFile:
    """Keep a file with a prospect. Raises InvalidInput under "file": of no kind that is taken, too large, too many."""
    try:
        file = judge(content, filename=filename)
    except Unusable as error:
        raise InvalidInput({"file": str(error)}) from error
    session.refresh(prospect, with_for_update=True)
    rows = session.execute(
        select(func.count(), func.coalesce(func.sum(ProspectFile.size_bytes), 0)).where(
            ProspectFile.prospect_id == prospect.id
        )
    ).one()
    if rows[0] >= MAX_FILES or rows[1] + file.size_bytes > MAX_TOTAL_BYTES:
        most = MAX_TOTAL_BYTES // 1024 // 1024
        words = _(
            "A prospect holds %(files)s files and %(most)s MB at most; a deleted file counts for %(days)s days more. "
            "Delete what is not needed any more.",
            files=MAX_FILES,
            most=most,
            days=BACK_FOR.days,
        )
        raise InvalidInput({"file": words})
    row = ProspectFile(
        prospect_id=prospect.id,
        key=keep(session, file),
        filename=file.filename,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        added_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    _audit(session, "file.added", row, prospect, actor)
    return row


def file_in(session: Session, prospect: Prospect, file_id: int) -> ProspectFile:
    """Return a file of a prospect; raises NotFound, for one that was deleted too."""
    row = session.get(ProspectFile, file_id)
    if row is None or row.prospect_id != prospect.id or row.deleted_at is not None:
        raise NotFound(_("This prospect has no such file; somebody may have deleted it."))
    return row


def delete_file(session: Session, prospect: Prospect, file_id: int, *, actor: User) -> ProspectFile:
    """Take a file off the prospect; it leaves the disk after BACK_FOR. Raises NotFound."""
    row = file_in(session, prospect, file_id)
    row.deleted_at = now()
    _audit(session, "file.deleted", row, prospect, actor)
    return row


def restore_file(session: Session, prospect: Prospect, file_id: int, *, actor: User) -> ProspectFile:
    """Put a deleted file back. Raises NotFound, and Conflict where it is there or somebody put it back already."""
    row = session.get(ProspectFile, file_id)
    if row is None or row.prospect_id != prospect.id:
        raise NotFound(_("This file is gone for good; it was deleted too long ago."))
    if row.deleted_at is None:
        raise Conflict(_("This file is there already."))
    row.deleted_at = None
    _audit(session, "file.restored", row, prospect, actor)
    return row


def forget_deleted_files(session: Session, at: datetime) -> int:
    """Delete files for good that were deleted longer than BACK_FOR ago; return how many."""
    return _forget(session, list(session.scalars(select(ProspectFile).where(ProspectFile.deleted_at < at - BACK_FOR))))


def forget_files_with(session: Session, companies: Select[int], words: Words) -> int:
    """Delete every file of these companies that names the person, in its own name or in its text, for good.

    What stands inside a PDF, a picture or an Office file cannot be read here; the screen says so.
    """
    ours = select(Prospect.id).where(Prospect.company_id.in_(companies))
    rows = session.scalars(select(ProspectFile).where(ProspectFile.prospect_id.in_(ours)))
    return _forget(session, [row for row in rows if words.stand_in(row.filename) or _names(row, words)])


def _names(row: ProspectFile, words: Words) -> bool:
    if not row.media_type.startswith("text/"):
        return False
    try:
        return words.stand_in(content_of(row.key).decode(errors="replace"))
    except NotFound:
        return False  # the data folder has lost it: there is nothing left that could name anybody


def _forget(session: Session, rows: list[ProspectFile]) -> int:
    for row in rows:
        drop(session, row.key)
        session.delete(row)
    session.flush()
    return len(rows)


def _audit(session: Session, action: str, row: ProspectFile, prospect: Prospect, actor: User) -> None:
    record_audit(
        session,
        action,
        subject=f"prospect:{prospect.id}",
        actor_id=actor.id,
        program_id=prospect.program_id,
        details={"file_id": row.id, "media_type": row.media_type, "bytes": row.size_bytes, "sha256": row.sha256},
    )
