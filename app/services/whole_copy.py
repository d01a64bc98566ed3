"""Everything an installation holds as one file, and back: to move to another machine or database, or to leave.

The file is a zip: `manifest.json` (format, schema revision, rows per table), `tables/NAME.jsonl` (first line the
columns, then a line of values per row, moments in ISO 8601, bytes in base64) and `documents/KEY`. What was copied from
SQLite can be read into PostgreSQL and the other way round. Sealed passwords of senders open with the same SECRET_KEY
only.
"""

import json
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Base
from app.languages import gettext as _
from app.models import User
from app.models.whole_copy import WholeCopy
from app.services.copy_rows import line_of, reader_of, row_of, writer_of
from app.services.document_store import kept_keys, path_of
from app.services.errors import Conflict, InvalidInput

FORMAT = 1
PORTION = 1_000
# Unpacked, a copy is some times as large as its file; one that is a thousand times as large was made to fill a disk.
MOST_TIMES = 500
_MANIFEST = "manifest.json"
# Called now and then with how many rows are written, and of how many.
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds."""

    tables: int
    rows: int
    documents: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file of write_copy says of itself, and holds whole."""

    made_at: datetime
    rows: int
    people: int
    documents: int


def write_copy(session: Session, target: Path, tell: Tell | None = None) -> Copied:
    """Write everything to a zip file. All rows are of one moment where the session is a snapshot.

    Raises Conflict where the file exists already; nothing is overwritten. What `tell` raises ends it, without a file.
    """
    if target.exists():
        words = _("%(name)s exists already. Name another file, or move that one away.", name=target.name)
        raise Conflict(words)
    progress = _Progress(tell, _row_count(session) if tell else 0)
    half = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            rows = {
                table.name: _write_table(session, archive, table, progress) for table in Base.metadata.sorted_tables
            }
            documents = _write_documents(archive, kept_keys(), progress)
            manifest = {"format": FORMAT, "revision": _revision(session), "made_at": now().isoformat(), "rows": rows}
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        half.chmod(0o600)
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)
    return Copied(len(rows), sum(rows.values()), documents)


def check_copy(session: Session, source: Path) -> Checked:
    """Read through a file without changing anything: every piece of it, and whether it fits here.

    Raises InvalidInput in words for a file that is none, is cut off or damaged, or is of another version.
    """
    try:
        with _opened(source) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            _check(session, manifest)
            bad = archive.testzip()
            missing = {f"tables/{table.name}.jsonl" for table in Base.metadata.sorted_tables} - {*archive.namelist()}
            if bad or missing:
                raise InvalidInput({"file": _damaged(bad or min(missing))})
            documents = sum(name.startswith("documents/") for name in archive.namelist())
            rows = {name: int(count) for name, count in manifest["rows"].items()}
            made_at = datetime.fromisoformat(manifest["made_at"])
    except _UNREADABLE as error:
        raise InvalidInput({"file": _damaged(str(error))}) from error
    return Checked(made_at, sum(rows.values()), rows.get("users", 0), documents)


def read_copy(session: Session, source: Path, *, replacing: User | None = None) -> Copied:
    """Fill an installation that has no people yet, or nobody but `replacing`, from a file of write_copy.

    Copies that the other installation had written or was sent stay there: their files are not in this one. Raises
    InvalidInput for a file that is none, is damaged, or is of another version, and Conflict where people are here
    already. Nothing may be committed then.
    """
    others = select(func.count(User.id)).where(*([User.id != replacing.id] if replacing else []))
    if session.scalar(others):
        raise Conflict(_("There are people here already. A copy is read into a new, empty installation only."))
    try:
        with _opened(source) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            _check(session, manifest)
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
            for table in Base.metadata.sorted_tables:
                found = _read_table(session, archive, table)
                if found != manifest["rows"].get(table.name, 0):
                    raise InvalidInput({"file": _damaged(table.name)})
            keys = [name.removeprefix("documents/") for name in archive.namelist() if name.startswith("documents/")]
            for key in keys:
                _keep(session, archive, key)
    except StatementError as error:
        raise InvalidInput({"file": _damaged(type(error.orig).__name__)}) from error
    except _UNREADABLE as error:
        raise InvalidInput({"file": _damaged(str(error))}) from error
    session.execute(delete(WholeCopy))
    _count_on(session)
    return Copied(len(manifest["rows"]), sum(manifest["rows"].values()), len(keys))


# What a file of which a piece is missing or altered makes the reading of it raise.
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, StopIteration)


def _opened(source: Path) -> zipfile.ZipFile:
    """Open a copy. Raises InvalidInput for what is no zip, is cut off, or would unpack to far more than a copy does."""
    try:
        archive = zipfile.ZipFile(source)
    except zipfile.BadZipFile:
        with source.open("rb") as file:
            is_begun = file.read(4) == b"PK\x03\x04"
        cut = _("The end of this file is missing: it was not saved or sent whole. Fetch it again.")
        none = _("This is no copy of a Scoutboard installation: no zip file at all.")
        raise InvalidInput({"file": cut if is_begun else none}) from None
    if _MANIFEST not in archive.namelist():
        archive.close()
        words = _("This is no copy of a Scoutboard installation: a zip file, but of something else.")
        raise InvalidInput({"file": words})
    if sum(piece.file_size for piece in archive.infolist()) > MOST_TIMES * source.stat().st_size:
        archive.close()
        raise InvalidInput({"file": _("This file would unpack to far more than a copy does. It is not read.")})
    return archive


def _damaged(what: str) -> str:
    return _("This copy is damaged (%(what)s). Nothing was changed.", what=what[:200])


def _revision(session: Session) -> str:
    return str(session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _check(session: Session, manifest: dict[str, Any]) -> None:
    here, there = _revision(session), str(manifest["revision"])
    if manifest["format"] == FORMAT and here == there:
        return
    both = {"there": there[:40], "here": here}
    if there.isdecimal() and here.isdecimal() and int(there) > int(here):
        words = _(
            "The copy is of a newer version (schema %(there)s, here %(here)s). Upgrade this installation first.", **both
        )
    else:
        words = _(
            "The copy is of schema %(there)s, this installation of %(here)s. Install the version it was made "
            "with, read it there, then upgrade.",
            **both,
        )
    raise InvalidInput({"file": words})


def _row_count(session: Session) -> int:
    return sum(session.scalar(select(func.count()).select_from(each)) or 0 for each in Base.metadata.sorted_tables)


class _Progress:
    """Counts the rows written, and tells of every portion."""

    def __init__(self, tell: Tell | None, total: int) -> None:
        self._tell, self._total, self._done = tell, total, 0

    def add(self) -> None:
        self._done += 1
        if self._done % PORTION == 1:
            self.go_on()

    def go_on(self) -> None:
        """Tell that the writing goes on, where no row is written for long."""
        if self._tell is not None:
            self._tell(self._done, self._total)


def _write_table(session: Session, archive: zipfile.ZipFile, table: Table, progress: _Progress) -> int:
    columns = list(table.columns)
    writers = [writer_of(column.type) for column in columns]
    count = 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
        out.write(line_of([column.name for column in columns]))
        statement = select(table).order_by(*table.primary_key)
        # Closed also where the telling ends it: PostgreSQL keeps the cursor otherwise.
        with session.execute(statement, execution_options={"yield_per": PORTION}) as rows:
            for row in rows:
                pairs = zip(writers, row, strict=True)
                out.write(line_of([None if value is None else write(value) for write, value in pairs]))
                count += 1
                progress.add()
    return count


def _write_documents(archive: zipfile.ZipFile, keys: Iterable[str], progress: _Progress) -> int:
    """Write the kept files, but for those that were dropped since they were listed; return how many."""
    count = 0
    for key in keys:
        progress.go_on()
        with suppress(FileNotFoundError):
            archive.write(path_of(key), f"documents/{key}")
            count += 1
    return count


def _read_table(session: Session, archive: zipfile.ZipFile, table: Table) -> int:
    """Insert a table's rows; what points at a row of the same table is put in when all of them are there."""
    own = [column.name for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    later: list[dict[str, Any]] = []
    count = 0
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        names = json.loads(next(lines))
        readers = [reader_of(table.columns[name].type) for name in names]
        rows = (row_of(line, names, readers) for line in lines)
        while portion := list(islice(rows, PORTION)):
            for row in portion:
                pointing = {name: row[name] for name in own if isinstance(row[name], int)}
                if pointing:
                    later.append({"its_id": row["id"], **{name: pointing.get(name) for name in own}})
                    row.update(dict.fromkeys(pointing))
            session.connection().execute(insert(table), portion)
            count += len(portion)
    if later:
        values: dict[str, Any] = {name: bindparam(name) for name in own}
        session.connection().execute(update(table).where(table.c.id == bindparam("its_id")).values(values), later)
    return count


def _keep(session: Session, archive: zipfile.ZipFile, key: str) -> None:
    """Write a file to the data folder; it goes again where the transaction is rolled back."""
    path = path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    session.info.setdefault("kept_documents", []).append(key)
    with archive.open(f"documents/{key}") as piece, path.open("wb") as out:
        shutil.copyfileobj(piece, out)


def _count_on(session: Session) -> None:
    """Let PostgreSQL number new rows behind those that were read; SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.columns and table.columns["id"].autoincrement:
            where = session.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
            if where:
                highest = session.scalar(select(func.max(table.c.id)))
                if highest:
                    session.execute(select(func.setval(where, highest)))
