"""Where the files of copies lie, and what takes them off the disk."""

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from app.clock import now
from app.models.whole_copy import WholeCopy
from app.services.document_store import folder_beside

# A file without a row is of a sender who still sends, or of one who gave up: this long after its last byte.
STRAY_AFTER = timedelta(hours=1)


def file_of(copy: WholeCopy) -> Path:
    """Return where a copy's file lies, or will; the folder is made, readable by its owner alone."""
    return _folder() / f"{copy.key}.zip"


def attempt_of(copy: WholeCopy) -> Path:
    """Return where this attempt writes: a worker that was given up may still write, and must not meet its successor."""
    return _folder() / f"{copy.key}.{copy.attempts}"


def unlink_files(copy: WholeCopy) -> None:
    """Delete a copy's file, and what any attempt at it has left."""
    for left in _folder().glob(f"{copy.key}.*"):
        left.unlink(missing_ok=True)


def unlink_strays(wanted: Collection[str]) -> None:
    """Delete what a worker or a sender that died has left: files of other keys than these."""
    latest = (now() - STRAY_AFTER).timestamp()
    for path in _folder().iterdir():
        with suppress(FileNotFoundError):
            if path.name.partition(".")[0] not in wanted and path.stat().st_mtime < latest:
                path.unlink()


def _folder() -> Path:
    folder = folder_beside("copies")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
