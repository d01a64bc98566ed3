"""Everything an installation holds as one file, and back: to move to another machine or database, or to leave.

The file is a zip: `manifest.json` (format, schema revision, rows per table), `tables/NAME.jsonl` (first line the
columns, then a line of values per row, moments in ISO 8601, bytes in base64) and `documents/KEY`. What was copied from
SQLite can be read into PostgreSQL and the other way round. Sealed passwords of senders open with the same SECRET_KEY
only.
"""

import base64
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    Enum,
    LargeBinary,
    Table,
    bindparam,
    delete,
    func,
    insert,
    null,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Base, UtcDateTime
from app.models import User
from app.services.document_store import kept_keys, path_of
from app.services.errors import Conflict, InvalidInput

FORMAT = 1
PORTION = 1_000
_BROKEN = "This is no copy of a Scoutboard installation, or it is damaged"


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds."""

    tables: int
    rows: int
    documents: int


def write_copy(session: Session, target: Path) -> Copied:
    """Write everything to a zip file. All rows are of one moment where the session is a snapshot.

    Raises Conflict where the file exists already; nothing is overwritten.
    """
    if target.exists():
        raise Conflict(f"{target.name} exists already. Name another file, or move that one away.")
    half = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            rows = {table.name: _write_table(session, archive, table) for table in Base.metadata.sorted_tables}
            keys = kept_keys()
            for key in keys:
                archive.write(path_of(key), f"documents/{key}")
            manifest = {"format": FORMAT, "revision": _revision(session), "made_at": now().isoformat(), "rows": rows}
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        half.chmod(0o600)
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)
    return Copied(len(rows), sum(rows.values()), len(keys))


def read_copy(session: Session, source: Path) -> Copied:
    """Fill an installation that has no people yet from a file of write_copy.

    Raises InvalidInput for a file that is none, is damaged, or is of another version, and Conflict where people are
    here already. Nothing may be committed then.
    """
    if session.scalar(select(func.count(User.id))):
        raise Conflict("There are people here already. A copy is read into a new, empty installation only.")
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            _check(session, manifest)
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
            for table in Base.metadata.sorted_tables:
                found = _read_table(session, archive, table)
                if found != manifest["rows"].get(table.name, 0):
                    raise InvalidInput({"file": f"{_BROKEN}: {table.name} has {found} rows, not what was written."})
            keys = [name.removeprefix("documents/") for name in archive.namelist() if name.startswith("documents/")]
            for key in keys:
                _keep(archive, key)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise InvalidInput({"file": f"{_BROKEN} ({error}). Nothing was changed."}) from error
    _count_on(session)
    return Copied(len(manifest["rows"]), sum(manifest["rows"].values()), len(keys))


def _revision(session: Session) -> str:
    return str(session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _check(session: Session, manifest: dict[str, Any]) -> None:
    here, there = _revision(session), manifest["revision"]
    if manifest["format"] != FORMAT or here != there:
        raise InvalidInput(
            {
                "file": f"The copy is of schema {there}, this installation of {here}. Install the version it was made "
                "with, read it there, then upgrade."
            }
        )


def _write_table(session: Session, archive: zipfile.ZipFile, table: Table) -> int:
    columns = list(table.columns)
    writers = [_writer(column.type) for column in columns]
    count = 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
        out.write(_line([column.name for column in columns]))
        rows = session.execute(select(table).order_by(*table.primary_key), execution_options={"yield_per": PORTION})
        for row in rows:
            pairs = zip(writers, row, strict=True)
            out.write(_line([None if value is None else write(value) for write, value in pairs]))
            count += 1
    return count


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def _read_table(session: Session, archive: zipfile.ZipFile, table: Table) -> int:
    """Insert a table's rows; what points at a row of the same table is put in when all of them are there."""
    own = [column.name for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    later: list[dict[str, Any]] = []
    count = 0
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        names = json.loads(next(lines))
        readers = [_reader(table.columns[name].type) for name in names]
        rows = (_row(line, names, readers) for line in lines)
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


def _row(line: bytes, names: list[str], readers: list[Callable[[Any], Any]]) -> dict[str, Any]:
    values = json.loads(line.decode("utf-8", "surrogatepass"))
    return {name: read(value) for name, read, value in zip(names, readers, values, strict=True)}


def _writer(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64encode(value).decode()
    if isinstance(kind, UtcDateTime | DateTime | Date):
        return lambda value: value.isoformat()
    if isinstance(kind, Enum):
        return lambda value: value.value
    return lambda value: value


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, JSON):
        # A missing value is NULL; a JSON null would be something else.
        return lambda value: null() if value is None else value
    reads: Callable[[Any], Any] = lambda value: value  # noqa: E731
    if isinstance(kind, LargeBinary):
        reads = base64.b64decode
    elif isinstance(kind, UtcDateTime | DateTime):
        reads = datetime.fromisoformat
    elif isinstance(kind, Date):
        reads = date.fromisoformat
    elif isinstance(kind, Enum):
        reads = cast("Callable[[Any], Any]", kind.enum_class)
    return lambda value: None if value is None else reads(value)


def _keep(archive: zipfile.ZipFile, key: str) -> None:
    path = path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(archive.read(f"documents/{key}"))


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
