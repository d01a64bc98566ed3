"""Copies of everything by screen: asked for, written by a worker, fetched once; or sent, checked, then read.

The row is the truth, the file lies in the data folder under the row's key. A file goes as soon as it was fetched or
read, when it runs out, and when it is thrown away: it holds everything, also what opens accounts.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.db import lock_for_append
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.models import Company, Program, User
from app.models.whole_copy import LIVE_COPY_STATES, CopyKind, CopyState, WholeCopy
from app.services.audit import record_audit
from app.services.copy_files import attempt_of, file_of, unlink_files, unlink_strays
from app.services.errors import Conflict, NotFound
from app.services.plain_text import clean_line
from app.services.tokens import new_token
from app.services.whole_copy import Checked, Copied, check_copy

KEPT_FOR = timedelta(hours=24)
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 3
_LOCK = 0x5C0_C0B1E5
_JOBS = {CopyKind.EXPORT: Job.WRITE_COPY, CopyKind.IMPORT: Job.READ_COPY}


def newest(session: Session, kind: CopyKind) -> WholeCopy | None:
    """Return the copy that was asked for or sent last."""
    return session.scalar(select(WholeCopy).where(WholeCopy.kind == kind).order_by(WholeCopy.id.desc()).limit(1))


def copy_in(session: Session, copy_id: int, kind: CopyKind) -> WholeCopy:
    """Return a copy; raises NotFound."""
    copy = session.get(WholeCopy, copy_id)
    if copy is None or copy.kind is not kind:
        raise NotFound(_("There is no such copy."))
    return copy


def ask_for_export(session: Session, *, actor: User) -> WholeCopy:
    """Have everything written to a file by a worker. Raises Conflict while another one is written.

    A file that waits to be fetched is thrown away: it would be out of date, and is one more to keep safe.
    """
    lock_for_append(session, key=_LOCK)
    known = newest(session, CopyKind.EXPORT)
    if known is not None and known.state in LIVE_COPY_STATES:
        raise Conflict(_("A copy is being written already."))
    if known is not None and known.state is CopyState.READY:
        _end(known, CopyState.GONE, _("A newer one was asked for."))
    copy = WholeCopy(kind=CopyKind.EXPORT, key=new_token(), created_by_id=actor.id)
    session.add(copy)
    session.flush()
    _audit(session, "copy.asked", copy, actor)
    dispatch_after_commit(session, Job.WRITE_COPY, copy.id)
    return copy


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent and checked; no row speaks of it yet."""

    copy: WholeCopy
    filename: str


def check_sent(session: Session, save: Callable[[Path], object], *, filename: str, actor: User) -> Sent:
    """Save a file that was sent and read through it, which takes long: in a session for reading only.

    `save` writes it to a path. Raises Conflict where the installation is not empty, and InvalidInput for a file that
    could not be read; then nothing is kept.
    """
    _require_room(session, actor)
    copy = WholeCopy(kind=CopyKind.IMPORT, key=new_token(), created_by_id=actor.id)
    path = file_of(copy)
    try:
        save(path)
        path.chmod(0o600)
        _describe(copy, check_copy(session, path), path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Sent(copy, clean_line(filename)[:255])


def keep_sent(session: Session, sent: Sent, *, actor: User) -> WholeCopy:
    """Keep a file of check_sent; the one sent before is thrown away.

    Raises Conflict where the installation is not empty any more, or another file is being read; then it is deleted.
    """
    lock_for_append(session, key=_LOCK)
    copy = sent.copy
    try:
        known = _require_room(session, actor)
    except Conflict:
        unlink_files(copy)
        raise
    if known is not None and known.state is CopyState.READY:
        _end(known, CopyState.GONE, _("Another file was sent."))
    copy.filename, copy.state, copy.expires_at = sent.filename, CopyState.READY, now() + KEPT_FOR
    session.add(copy)
    session.flush()
    _audit(session, "copy.sent", copy, actor)
    return copy


def _require_room(session: Session, actor: User) -> WholeCopy | None:
    """Return the copy that was sent before; raise Conflict where it is being read, or the installation is not empty."""
    require_empty(session, actor)
    known = newest(session, CopyKind.IMPORT)
    if known is not None and known.state in LIVE_COPY_STATES:
        raise Conflict(_("A copy is being read already."))
    return known


def begin_reading(session: Session, copy_id: int, *, actor: User) -> None:
    """Have a checked file read by a worker. Raises NotFound, and Conflict where it cannot be (any more)."""
    copy = copy_in(session, copy_id, CopyKind.IMPORT)
    require_empty(session, actor)
    if copy.state is not CopyState.READY or not file_of(copy).exists():
        raise Conflict(_("This file is not there any more. Send it again."))
    copy.state, copy.expires_at, copy.created_by_id = CopyState.WAITING, None, actor.id
    _audit(session, "copy.reading", copy, actor)
    dispatch_after_commit(session, Job.READ_COPY, copy.id)


def require_empty(session: Session, actor: User) -> None:
    """Raise Conflict where anything is here beside the one who asks: no program, no company, nobody else."""
    others = select(User.id).where(User.id != actor.id)
    for row in (select(Program.id), select(Company.id), others):
        if session.scalar(row.limit(1)) is not None:
            raise Conflict(_("Only an empty installation takes a copy: no programs, no companies, nobody but you."))


def take(session: Session, copy_id: int, *, actor: User) -> tuple[WholeCopy, BinaryIO]:
    """Hand out a file, once: it is opened, and gone from the disk when this returns.

    Raises NotFound, and Conflict where it was fetched, ran out or is not written yet.
    """
    copy = copy_in(session, copy_id, CopyKind.EXPORT)
    is_over = copy.expires_at is not None and copy.expires_at <= now()
    taken = session.scalar(
        update(WholeCopy)
        .where(WholeCopy.id == copy.id, WholeCopy.state == CopyState.READY)
        .values(state=CopyState.GONE if is_over else CopyState.DONE)
        .returning(WholeCopy.id)
    )
    if taken is None or is_over:
        if taken is not None:
            file_of(copy).unlink(missing_ok=True)
        raise Conflict(_("This file was fetched already, or its time is over. Have a new one written."))
    try:
        file = file_of(copy).open("rb")
    except FileNotFoundError:
        raise Conflict(_("This file is not there any more. Have a new one written.")) from None
    file_of(copy).unlink()
    _audit(session, "copy.fetched", copy, actor)
    return copy, file


def throw_away(session: Session, copy_id: int, *, actor: User) -> CopyState:
    """Stop a copy that is being written, or delete one that waits; return where it stood before.

    Raises NotFound, and Conflict for one that is being read.
    """
    copy = session.get(WholeCopy, copy_id)
    if copy is None:
        raise NotFound(_("There is no such copy."))
    if copy.kind is CopyKind.IMPORT and copy.state is CopyState.WORKING:
        raise Conflict(_("It is being read; that cannot be stopped halfway."))
    before = copy.state
    if before in (*LIVE_COPY_STATES, CopyState.READY):
        _end(copy, CopyState.GONE, _("Thrown away."))
        _audit(session, "copy.thrown_away", copy, actor)
    return before


def claim(session: Session, copy_id: int, kind: CopyKind) -> WholeCopy | None:
    """Take a copy for one worker for the length of a lease; None where another one has it or it is over."""
    taken = session.scalar(
        update(WholeCopy)
        .where(
            WholeCopy.id == copy_id,
            WholeCopy.kind == kind,
            or_(
                WholeCopy.state == CopyState.WAITING,
                (WholeCopy.state == CopyState.WORKING) & (WholeCopy.lease_until < now()),
            ),
        )
        .values(state=CopyState.WORKING, lease_until=now() + LEASE, attempts=WholeCopy.attempts + 1, rows_done=0)
        .returning(WholeCopy.id)
        .execution_options(synchronize_session=False)
    )
    copy = session.get(WholeCopy, copy_id, populate_existing=True) if taken is not None else None
    if copy is not None and copy.attempts > MAX_ATTEMPTS:
        fail(session, copy, _("Its worker ended %(count)s times.", count=MAX_ATTEMPTS))
        return None
    return copy


def tell(session: Session, copy: WholeCopy, *, rows_done: int, rows_all: int) -> bool:
    """Note how far this attempt is and keep it a while longer; say whether it is still wanted."""
    told = session.scalar(
        update(WholeCopy)
        .where(WholeCopy.id == copy.id, WholeCopy.state == CopyState.WORKING, WholeCopy.attempts == copy.attempts)
        .values(rows_done=rows_done, rows_all=rows_all, lease_until=now() + LEASE)
        .returning(WholeCopy.id)
        .execution_options(synchronize_session=False)
    )
    return told is not None


def record_written(session: Session, attempt: WholeCopy, copied: Copied) -> bool:
    """Note that a file waits to be fetched; delete one that nobody wants any more, or another worker writes now."""
    copy = _held(session, attempt)
    if copy is None or copy.state is not CopyState.WORKING:
        attempt_of(attempt).unlink(missing_ok=True)
        return False
    path = attempt_of(attempt).rename(file_of(copy))
    copy.state, copy.finished_at, copy.expires_at = CopyState.READY, now(), now() + KEPT_FOR
    copy.rows_done = copy.rows_all = copied.rows
    copy.documents, copy.size_bytes, copy.lease_until = copied.documents, os.stat(path).st_size, None
    details = {"rows": copied.rows, "documents": copied.documents}
    record_audit(session, "copy.written", subject=f"copy:{copy.id}", actor_id=copy.created_by_id, details=details)
    return True


def fail(session: Session, attempt: WholeCopy, why: str) -> None:
    """Note why a copy came to nothing, unless another worker has it now."""
    copy = _held(session, attempt)
    if copy is not None and copy.state in LIVE_COPY_STATES:
        _end(copy, CopyState.FAILED, why)


def copies_left_behind(session: Session) -> list[tuple[Job, int]]:
    """Return the jobs to ring for again: copies that nobody works on, or whose worker died."""
    rows = session.execute(
        select(WholeCopy.kind, WholeCopy.id).where(
            or_(
                WholeCopy.state == CopyState.WAITING,
                (WholeCopy.state == CopyState.WORKING) & (WholeCopy.lease_until < now()),
            )
        )
    )
    return [(_JOBS[kind], copy_id) for kind, copy_id in rows]


def end_old_copies(session: Session) -> int:
    """Delete the files whose time is over, and those that no row speaks of; return how many rows were ended."""
    over = session.scalars(
        select(WholeCopy).where(WholeCopy.state == CopyState.READY, WholeCopy.expires_at <= now())
    ).all()
    for copy in over:
        _end(copy, CopyState.GONE, _("Nobody fetched it in time."))
    wanted = session.scalars(select(WholeCopy.key).where(WholeCopy.state.in_((*LIVE_COPY_STATES, CopyState.READY))))
    unlink_strays({*wanted})
    return len(over)


def _held(session: Session, attempt: WholeCopy) -> WholeCopy | None:
    """Return the row of an attempt, locked; None where it is gone or another worker's by now."""
    copy = session.get(WholeCopy, attempt.id, populate_existing=True, with_for_update=True)
    return copy if copy is not None and copy.attempts == attempt.attempts else None


def _describe(copy: WholeCopy, found: Checked, path: Path) -> None:
    copy.made_at, copy.people, copy.documents = found.made_at, found.people, found.documents
    copy.rows_all, copy.size_bytes = found.rows, os.stat(path).st_size


def _end(copy: WholeCopy, state: CopyState, why: str) -> None:
    copy.state, copy.detail, copy.lease_until, copy.finished_at = state, why, None, now()
    unlink_files(copy)


def _audit(session: Session, action: str, copy: WholeCopy, actor: User) -> None:
    details = {"rows": copy.rows_all, "documents": copy.documents}
    record_audit(session, action, subject=f"copy:{copy.id}", actor_id=actor.id, details=details)
