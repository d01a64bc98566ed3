"""Files that strangers send: judged by their content, kept in the data folder under a name of ours, read by key.

A file's own name and claimed type prove nothing and never reach the disk. What a transaction kept is taken away again
when it is rolled back; what it dropped is deleted once it is committed.
"""

import hashlib
import os
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.services.errors import NotFound
from app.services.languages import gettext as _
from app.services.languages import mark, number
from app.services.plain_text import clean_line
from app.services.tokens import new_token

MAX_DOCUMENT_BYTES = 10 * 1024 * 1024
MAX_FILENAME = 120
MAX_ZIP_ENTRIES = 5_000
ACCEPTED = mark("PDF, PNG, JPEG, Word (.docx), Excel (.xlsx) or plain text (.txt, .csv)")
_KEY = re.compile(r"[\w-]{43}")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MAGIC = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
_OFFICE = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"))
_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain",
    "csv": "text/csv",
}
_ALIASES = {"jpeg": "jpg", "text": "txt"}
_folder: dict[str, Path] = {}


class NotConfigured(Exception):
    """A file was to be kept before configure() said where."""


class Unusable(Exception):
    """A file that is not kept, with the reason in words for who sent it."""


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """A file as it can be kept: a harmless name, the type that its content proves, its size and hash."""

    filename: str
    media_type: str
    size_bytes: int
    sha256: str
    content: bytes


def configure(data_dir: Path) -> None:
    """Keep files below this folder from now on; a second call replaces the first. The folder is made when needed."""
    _folder["default"] = data_dir / "documents"


def judge(content: bytes, *, filename: str) -> JudgedFile:
    """Return a file that may be kept. Raises Unusable in words: empty, too large, or of a kind that is not taken."""
    if not content:
        raise Unusable(_("This file is empty."))
    if len(content) > MAX_DOCUMENT_BYTES:
        sizes = {"size": number(round(len(content) / 1024 / 1024, 1)), "most": MAX_DOCUMENT_BYTES // 1024 // 1024}
        raise Unusable(_("This file has %(size)s MB; at most %(most)s MB are taken.", **sizes))
    kind = _kind_of(content, _ending(filename))
    if kind is None:
        none = mark("What is inside this file is none of: %(kinds)s. Save it as one of these and send it again.")
        raise Unusable(_(none, kinds=_(ACCEPTED)))
    name = _harmless(filename, kind)
    return JudgedFile(name, _MEDIA_TYPES[kind], len(content), hashlib.sha256(content).hexdigest(), content)


def keep(session: Session, file: JudgedFile) -> str:
    """Write a file to the data folder and return its key; it goes again where the transaction is rolled back."""
    key = new_token()
    path = path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_suffix(".part")
    with half.open("xb") as out:
        out.write(file.content)
        out.flush()
        os.fsync(out.fileno())
    half.rename(path)
    session.info.setdefault("kept_documents", []).append(key)
    return key


def content_of(key: str) -> bytes:
    """Return a kept file's bytes. Raises NotFound where the data folder has lost it."""
    try:
        return path_of(key).read_bytes()
    except FileNotFoundError:
        raise NotFound(
            _("This file is not in the data folder any more. Ask for it again, or restore the backup.")
        ) from None


def drop(session: Session, key: str) -> None:
    """Delete a kept file once the transaction is committed; one that is gone already does no harm."""
    session.info.setdefault("dropped_documents", []).append(key)


def _kind_of(content: bytes, ending: str) -> str | None:
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    if ending not in ("txt", "csv") or _CONTROLS.search(content):
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return ending


def _office_kind(content: bytes) -> str | None:
    """Tell a Word or Excel file by its table of contents; nothing is unpacked, and macros are not taken."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return None
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    if len(names) > MAX_ZIP_ENTRIES or has_macros or "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in _OFFICE if part in names), None)


def _ending(filename: str) -> str:
    ending = filename.rpartition(".")[2].lower()
    return _ALIASES.get(ending, ending)


def _harmless(filename: str, kind: str) -> str:
    """Return a name to save the file by: no folders, no hidden marks, ending as its content says."""
    name = re.sub(r"[\\/:*?\"<>|]+", "/", clean_line(filename)).rpartition("/")[2].strip(". ")
    stem = name.rpartition(".")[0] if _ending(name) == kind else name
    return f"{stem.strip('. ')[: MAX_FILENAME - 6] or 'document'}.{kind}"


def kept_keys() -> list[str]:
    """Return the keys of all kept files; none where nothing was kept yet."""
    if "default" not in _folder:
        raise NotConfigured("call app.services.document_store.configure(data_dir) first")
    return sorted(path.name for path in _folder["default"].glob("??/*") if _KEY.fullmatch(path.name))


def path_of(key: str) -> Path:
    """Return where a kept file lies. Raises ValueError for what is no key."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of a kept file")
    try:
        return _folder["default"] / key[:2] / key
    except KeyError:
        raise NotConfigured("call app.services.document_store.configure(data_dir) first") from None


def folder_beside(name: str) -> Path:
    """Return a folder of the data folder for files of another kind; it is not made. Raises NotConfigured."""
    try:
        return _folder["default"].with_name(name)
    except KeyError:
        raise NotConfigured("call app.services.document_store.configure(data_dir) first") from None


@event.listens_for(Session, "after_commit")
def _delete_dropped(session: Session) -> None:
    # The event also comes when a savepoint is released, while nothing is committed yet.
    if session.in_nested_transaction():
        return
    session.info.pop("kept_documents", None)
    for key in session.info.pop("dropped_documents", []):
        path_of(key).unlink(missing_ok=True)


@event.listens_for(Session, "after_rollback")
def _delete_kept(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop("dropped_documents", None)
    for key in session.info.pop("kept_documents", []):
        path_of(key).unlink(missing_ok=True)
