"""Write everything to the file that an admin asked for; read the file that an admin sent into an empty installation."""

import time
from pathlib import Path

from app.db import snapshot, transaction
from app.log import get_logger
from app.models import User
from app.models.whole_copy import CopyKind, WholeCopy
from app.services import copies
from app.services.audit import record_audit
from app.services.copy_files import attempt_of, file_of, unlink_files
from app.services.errors import ServiceError
from app.services.whole_copy import read_copy, write_copy

log = get_logger(__name__)

TELL_EVERY_S = 1.0


class NotWanted(Exception):
    """Somebody threw the copy away while it was being written, or another worker has it now."""


def write_whole_copy(copy_id: int) -> bool:
    """Write one copy; say whether it can be fetched. Safe to run twice at once or after a kill."""
    with transaction() as session:
        copy = copies.claim(session, copy_id, CopyKind.EXPORT)
    if copy is None:
        return False
    unlink_files(copy)  # of a worker that died
    try:
        with snapshot() as session:
            copied = write_copy(session, attempt_of(copy), tell=_Teller(copy))
    except NotWanted:
        return False
    except (ServiceError, OSError) as error:
        log.warning("copy_not_written", copy_id=copy_id, cause=str(error))
        with transaction() as session:
            copies.fail(session, copy, str(error))
        return False
    with transaction() as session:
        return copies.record_written(session, copy, copied)


class _Teller:
    """Notes how far the writing is, about once a second, in a transaction of its own."""

    def __init__(self, copy: WholeCopy) -> None:
        self._copy = copy
        self._told_at = 0.0

    def __call__(self, rows_done: int, rows_all: int) -> None:
        if time.monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = time.monotonic()
        with transaction() as session:
            if not copies.tell(session, self._copy, rows_done=rows_done, rows_all=rows_all):
                raise NotWanted


def read_whole_copy(copy_id: int) -> bool:
    """Read one copy; say whether the installation is the one of the file now. Where not, nothing was changed."""
    with transaction() as session:
        copy = copies.claim(session, copy_id, CopyKind.IMPORT)
        path = file_of(copy) if copy is not None else None
    if copy is None or path is None:
        return False
    try:
        _read(copy, path)
    except (ServiceError, OSError) as error:
        log.warning("copy_not_read", copy_id=copy_id, cause=str(error))
        with transaction() as session:
            copies.fail(session, copy, str(error))
        return False
    path.unlink(missing_ok=True)
    return True


def _read(copy: WholeCopy, path: Path) -> None:
    """Everything in one transaction: the admin who asked goes with it."""
    with transaction() as session:
        actor = session.get(User, copy.created_by_id) if copy.created_by_id else None
        if actor is not None:
            copies.require_empty(session, actor)
        copied = read_copy(session, path, replacing=actor)
        session.expunge_all()
        details = {"rows": copied.rows, "documents": copied.documents}
        record_audit(session, "copy.read", subject="installation", details=details)
