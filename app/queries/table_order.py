"""The order of a table, and where in it a page begins: each order walks along an index, so any depth costs the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from app.models import Company, Prospect
from app.queries.table_columns import Builtin, Column
from app.queries.table_walks import (
    BadPlace,
    Place,
    Way,
    by_country,
    by_field,
    by_language,
    by_owner,
    by_source,
    by_stage,
    by_step,
    by_tag,
    by_tier,
)
from app.whole_numbers import row_number

# Orders whose first page people expect from the top down.
_FALLING = frozenset({Builtin.FIT.value, Builtin.ADDED.value})


@dataclass(frozen=True, slots=True)
class TableOrder:
    """What a table is ordered by; prospects without a value of a field come last, whichever way it goes."""

    column: Column
    is_falling: bool

    @property
    def word(self) -> str:
        """Return the order as addresses write it: `fit`, `-name`; a minus turns the usual direction around."""
        return self.column.key if self.is_falling == usually_falls(self.column) else f"-{self.column.key}"


def usually_falls(column: Column) -> bool:
    """Say which way a column is ordered at the first click."""
    return column.key in _FALLING


def read_order(word: str, known: tuple[Column, ...]) -> TableOrder | None:
    """Return the order an address names; None for one that does not exist (any more)."""
    column = next((each for each in known if each.key == word.removeprefix("-") and each.is_sortable), None)
    return TableOrder(column, usually_falls(column) != word.startswith("-")) if column else None


def read_place(mark: str) -> Place:
    """Read a page mark back. Raises BadPlace."""
    written, dot, key = mark.partition(".")
    number = row_number(written)
    if number is None or not dot or not (key == "" or (key.startswith("=") and key.isprintable() and len(key) <= 400)):
        raise BadPlace(mark)
    return Place(number, key[1:] if key else None)


def page_of(
    session: Session,
    program_id: int,
    chosen: list[ColumnElement[bool]],
    order: TableOrder,
    *,
    window: tuple[Place | None, int],
    is_back: bool = False,
) -> list[Place]:
    """Return the places of the next rows of a program that pass; `window` is the row before them and how many.

    With `is_back` they are those before that row, the nearest first.

    Raises BadPlace for a mark of another order.
    """
    after, size = window
    conditions = (Prospect.program_id == program_id, *chosen)
    way = Way(
        program_id=program_id,
        conditions=conditions,
        is_falling=order.is_falling,
        after=after,
        size=size,
        is_back=is_back,
    )
    if order.column.field_id is not None:
        return by_field(session, way, order.column.field_id)
    if order.column.key in _WALKS:
        return _WALKS[order.column.key](session, way)
    key = _KEYS[order.column.key]
    query = select(Prospect.id, key.expression).where(*conditions)
    if key.needs_company:
        query = query.join(Company, Company.id == Prospect.company_id)
    if after is not None:
        query = query.where(_behind(key, after, is_falling=way.falls))
    last = Company.id if key.needs_company else Prospect.id
    ordered = (key.expression, last) if key.expression is not last else (last,)
    query = query.order_by(*(each.desc() if way.falls else each for each in ordered)).limit(size)
    return [Place(row[0], key.write(row[1])) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class _Key:
    """How a builtin column orders: the indexed expression, and how its values stand in an address."""

    expression: Any
    read: Any
    write: Any = str
    needs_company: bool = False


_KEYS = {
    Builtin.FIT.value: _Key(Prospect.fit_sort, float, repr),
    Builtin.AGE.value: _Key(Prospect.stage_since_at, datetime.fromisoformat, datetime.isoformat),
    Builtin.ADDED.value: _Key(Prospect.id, int),
    Builtin.NAME.value: _Key(Company.name, str, needs_company=True),
    Builtin.DOMAIN.value: _Key(Company.domain, str, needs_company=True),
}


_WALKS: dict[str, Callable[[Session, Way], list[Place]]] = {
    Builtin.STAGE.value: by_stage,
    Builtin.OWNER.value: by_owner,
    Builtin.STEP.value: by_step,
    Builtin.TAGS.value: by_tag,
    Builtin.COUNTRY.value: by_country,
    Builtin.LANGUAGE.value: by_language,
    Builtin.SOURCE.value: by_source,
    Builtin.TIER.value: by_tier,
}


def _behind(key: _Key, after: Place, *, is_falling: bool) -> ColumnElement[bool]:
    try:
        value = key.read(after.key or "")
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError(after.key)
    except (ValueError, OverflowError):
        raise BadPlace(str(after)) from None
    behind: ColumnElement[bool]
    if key.expression is Prospect.id:
        behind = Prospect.id < after.id if is_falling else Prospect.id > after.id
        return behind
    if key.needs_company:
        # Within a program a company stands once, so its own id breaks ties along the index of names.
        last: Any = select(Prospect.company_id).where(Prospect.id == after.id).scalar_subquery()
        here = tuple_(key.expression, Company.id)
    else:
        last, here = after.id, tuple_(key.expression, Prospect.id)
    there = tuple_(value, last)
    behind = here < there if is_falling else here > there
    return behind


__all__ = ["BadPlace", "Place", "TableOrder", "page_of", "read_order", "read_place", "usually_falls"]
