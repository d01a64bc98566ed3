"""The suppression list as its screen shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.models import Suppression, SuppressionReason, User

SCREEN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionRow:
    """One entry; `value` is None after erasure."""

    id: int
    value: str | None
    is_domain: bool
    reason: SuppressionReason
    note: str
    source: str
    at: datetime
    added_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionPage:
    """One screen of the list, newest first; `next_before` asks for the next one. `counts` speak of the whole list."""

    rows: tuple[SuppressionRow, ...]
    next_before: int | None
    counts: dict[SuppressionReason, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the screen asks for: words of an address, the keyed hash of the whole search text, a reason."""

    words: str = ""
    key: str = ""
    reason: SuppressionReason | None = None


def suppression_page(session: Session, wanted: Wanted, *, before: int | None = None) -> SuppressionPage:
    """Return the newest entries with an id below `before` that fit what is wanted.

    The hash finds an erased entry by its whole address, which nobody can read any more.
    """
    query = _rows(wanted)
    if before is not None:
        query = query.where(Suppression.id < before)
    found = [_row(each, name) for each, name in session.execute(query.limit(SCREEN + 1))]
    counts = session.execute(select(Suppression.reason, func.count()).group_by(Suppression.reason))
    return SuppressionPage(
        rows=tuple(found[:SCREEN]),
        next_before=found[SCREEN - 1].id if len(found) > SCREEN else None,
        counts={row[0]: row[1] for row in counts},
    )


def all_suppressions(session: Session) -> Iterator[SuppressionRow]:
    """Yield every entry, newest first, for the export."""
    for each, name in session.execute(_rows(Wanted()).execution_options(yield_per=1000)):
        yield _row(each, name)


def _rows(wanted: Wanted) -> Select[Suppression, str]:
    query = select(Suppression, User.name).outerjoin(User, User.id == Suppression.added_by_id)
    if wanted.words:
        pattern = "%" + wanted.words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(or_(Suppression.value.like(pattern, escape="\\"), Suppression.key == wanted.key))
    if wanted.reason is not None:
        query = query.where(Suppression.reason == wanted.reason)
    return query.order_by(Suppression.id.desc())


def _row(row: Suppression, added_by: str | None) -> SuppressionRow:
    return SuppressionRow(
        id=row.id,
        value=row.value,
        is_domain=row.is_domain,
        reason=row.reason,
        note=row.note,
        source=row.source,
        at=row.at,
        added_by=added_by,
    )
