"""Lists of addresses and domains that must not be mailed, read from a file: a verdict per row, then all at once."""

import csv
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import number
from app.models import Suppression, SuppressionReason
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput
from app.services.imports.decoding import decode_file
from app.services.ledger.gate import close_gate
from app.services.suppressions import normalized, suppression_key

MAX_BYTES = 3 * 1024 * 1024
MAX_ROWS = 20_000
_HEADINGS = frozenset(("email", "e-mail", "e-mail address", "email address", "address", "domain", "value", "mail"))
_KEYS_AT_ONCE = 500


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    KNOWN = "known"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of a list: its line, the value as it would be kept, what becomes of it and why."""

    line: int
    value: str
    verdict: Verdict
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CheckedList:
    """A list with a verdict per row."""

    rows: tuple[ListedRow, ...]

    @property
    def counts(self) -> Counter[Verdict]:
        """Return how many rows have each verdict."""
        return Counter(row.verdict for row in self.rows)

    @property
    def new_values(self) -> list[str]:
        """Return what would be added, in the file's order."""
        return [row.value for row in self.rows if row.verdict is Verdict.NEW]


def check_list(session: Session, content: bytes) -> CheckedList:
    """Return a verdict for each row of a CSV file or pasted list; nothing is written.

    Raises InvalidInput (field `file`) for what is no text, too large, or holds no row.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput(
            {
                "file": _(
                    "The file has %(count)s bytes; at most %(most)s fit. Split it.",
                    count=number(len(content)),
                    most=number(MAX_BYTES),
                )
            }
        )
    cells = _cells(decode_file(content).text)
    if not cells:
        raise InvalidInput(
            {"file": _("No row holds an address or a domain. Give one per line, or a column named email.")}
        )
    if len(cells) > MAX_ROWS:
        raise InvalidInput(
            {
                "file": _(
                    "The list has %(count)s rows; at most %(most)s go at once. Split it.",
                    count=number(len(cells)),
                    most=number(MAX_ROWS),
                )
            }
        )
    rows = [_read(line, cell) for line, cell in cells]
    known = _known(session, [row.value for row in rows if row.verdict is Verdict.NEW])
    seen: set[str] = set()
    judged = []
    for row in rows:
        judged.append(_judged(row, known, seen))
        seen.add(row.value)
    return CheckedList(tuple(judged))


def import_list(session: Session, values: Sequence[str], *, actor_id: int, note: str = "") -> tuple[str, int]:
    """Put checked values on the list in one go; return the batch's name, for undoing it, and how many were new."""
    close_gate(session)
    batch = secrets.token_hex(8)
    wanted = dict.fromkeys(row.value for value in values if (row := _read(0, value)).verdict is Verdict.NEW)
    fresh = [value for value in wanted if value not in _known(session, list(wanted))] if wanted else []
    session.add_all(
        Suppression(
            key=suppression_key(value),
            value=value,
            is_domain="@" not in value,
            reason=SuppressionReason.IMPORTED,
            note=note.strip()[:2000],
            source=f"import:{batch}",
            added_by_id=actor_id,
        )
        for value in fresh
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            _("Somebody added some of these at the same moment. Nothing was imported; try again.")
        ) from error
    details = {"count": len(fresh)}
    record_audit(
        session, "suppression.imported", subject=f"suppression_import:{batch}", actor_id=actor_id, details=details
    )
    return batch, len(fresh)


def undo_import(session: Session, batch: str, *, actor_id: int) -> int:
    """Take the rows of an import off the list again, but those that got a weightier reason since; return how many."""
    gone = session.scalars(
        delete(Suppression)
        .where(Suppression.source == f"import:{batch}", Suppression.reason == SuppressionReason.IMPORTED)
        .returning(Suppression.id)
    ).all()
    subject = f"suppression_import:{batch[:32]}"
    record_audit(session, "suppression.import_undone", subject=subject, actor_id=actor_id, details={"count": len(gone)})
    return len(gone)


def _cells(text: str) -> list[tuple[int, str]]:
    """Return the cell that names somebody, of each row that is not blank, with its line."""
    lines = text.splitlines()
    delimiter = max(",;\t|", key=lambda mark: sum(mark in line for line in lines[:20]))
    rows = [(number, _split(line, delimiter)) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        return []
    headings = [cell.strip().lower() for cell in rows[0][1]]
    column = next((index for index, heading in enumerate(headings) if heading in _HEADINGS), None)
    if column is not None:
        return [(line, cells[column] if column < len(cells) else "") for line, cells in rows[1:]]
    return [(line, next((cell for cell in cells if "@" in cell), cells[0])) for line, cells in rows]


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line[:2_000]], delimiter=delimiter), [""])
    except csv.Error:
        return [line]


def _read(line: int, cell: str) -> ListedRow:
    # Our own export puts an apostrophe before what a spreadsheet would run.
    text = cell.strip().removeprefix("'")
    try:
        return ListedRow(line, normalized(text)[0], Verdict.NEW)
    except InvalidInput as error:
        return ListedRow(line, text[:80], Verdict.REFUSED, str(error))


def _judged(row: ListedRow, known: set[str], seen: set[str]) -> ListedRow:
    if row.verdict is Verdict.REFUSED:
        return row
    if row.value in known:
        return ListedRow(row.line, row.value, Verdict.KNOWN, _("It is on the list already."))
    if row.value in seen:
        return ListedRow(row.line, row.value, Verdict.REPEATED, _("It stands in the file before."))
    return row


def _known(session: Session, values: Iterable[str]) -> set[str]:
    by_key = {suppression_key(value): value for value in values}
    keys = list(by_key)
    found: set[str] = set()
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        part = keys[start : start + _KEYS_AT_ONCE]
        found |= {by_key[key] for key in session.scalars(select(Suppression.key).where(Suppression.key.in_(part)))}
    return found
