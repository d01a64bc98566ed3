"""Rows of a copy as lines of JSON: moments in ISO 8601, bytes in base64, each value read as its column wants it."""

import base64
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import JSON, Date, DateTime, Enum, LargeBinary, null

from app.db import UtcDateTime


def line_of(values: list[Any]) -> bytes:
    """Return values as one line of JSON."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def row_of(line: bytes, names: list[str], readers: list[Callable[[Any], Any]]) -> dict[str, Any]:
    """Return a line's values by column."""
    values = json.loads(line.decode("utf-8", "surrogatepass"))
    return {name: read(value) for name, read, value in zip(names, readers, values, strict=True)}


def writer_of(kind: Any) -> Callable[[Any], Any]:
    """Return what makes a JSON value of a column's values."""
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64encode(value).decode()
    if isinstance(kind, UtcDateTime | DateTime | Date):
        return lambda value: value.isoformat()
    if isinstance(kind, Enum):
        return lambda value: value.value
    return lambda value: value


def reader_of(kind: Any) -> Callable[[Any], Any]:
    """Return what makes a column's values of JSON values again."""
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
