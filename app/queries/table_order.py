"""The order of a table, and where in it a page begins: each order walks along an index, so any depth costs the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select, tuple_
from sqlalchemy.orm import Session

from app.models import Company, Prospect
from app.models.custom_field import CustomValue
from app.queries.table_columns import Builtin, Column

_MAX_ID = 2**31 - 1
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


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page: its id, and what it is ordered by; None where its field is empty."""

    id: int
    key: str | None

    def __str__(self) -> str:
        """Return the mark that a link to the next page carries."""
        return f"{self.id}." if self.key is None else f"{self.id}.={self.key}"


class BadPlace(ValueError):
    """A page mark that no page of this table gave out."""


def usually_falls(column: Column) -> bool:
    """Say which way a column is ordered at the first click."""
    return column.key in _FALLING


def read_order(word: str, known: tuple[Column, ...]) -> TableOrder | None:
    """Return the order an address names; None for one that does not exist (any more)."""
    column = next((each for each in known if each.key == word.removeprefix("-") and each.is_sortable), None)
    return TableOrder(column, usually_falls(column) != word.startswith("-")) if column else None


def read_place(mark: str) -> Place:
    """Read a page mark back. Raises BadPlace."""
    number, dot, key = mark.partition(".")
    is_id = number.isascii() and number.isdecimal() and len(number) <= 10 and int(number) <= _MAX_ID
    if not is_id or not dot or not (key == "" or (key.startswith("=") and key.isprintable() and len(key) <= 400)):
        raise BadPlace(mark)
    return Place(int(number), key[1:] if key else None)


def page_of(
    session: Session, conditions: list[ColumnElement[bool]], order: TableOrder, *, after: Place | None, size: int
) -> list[Place]:
    """Return the places of the next `size` rows. Raises BadPlace for a mark of another order."""
    if order.column.field_id is not None:
        return _by_field(session, conditions, order, after=after, size=size)
    key = _KEYS[order.column.key]
    query = select(Prospect.id, key.expression).where(*conditions)
    if key.needs_company:
        query = query.join(Company, Company.id == Prospect.company_id)
    if after is not None:
        query = query.where(_behind(key, after, is_falling=order.is_falling))
    last = Company.id if key.needs_company else Prospect.id
    ordered = (key.expression, last) if key.expression is not last else (last,)
    query = query.order_by(*(each.desc() if order.is_falling else each for each in ordered)).limit(size)
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


def _by_field(
    session: Session, conditions: list[ColumnElement[bool]], order: TableOrder, *, after: Place | None, size: int
) -> list[Place]:
    """Walk along the values of the field first, then along the prospects that have none."""
    field_id, falling = order.column.field_id, order.is_falling
    found: list[Place] = []
    if after is None or after.key is not None:
        query = _held(conditions, field_id)
        if after is not None:
            here, there = tuple_(CustomValue.sort_key, CustomValue.prospect_id), tuple_(after.key, after.id)
            query = query.where(here < there if falling else here > there)
        keys = (CustomValue.sort_key, CustomValue.prospect_id)
        query = query.order_by(*(key.desc() if falling else key for key in keys)).limit(size)
        found = [Place(row[0], row[1]) for row in session.execute(query)]
    if len(found) < size:
        start = after.id if after is not None and after.key is None else 0
        has = exists().where(CustomValue.prospect_id == Prospect.id, CustomValue.field_id == field_id)
        rest = select(Prospect.id).where(*conditions, ~has, Prospect.id > start).order_by(Prospect.id)
        found += [Place(prospect_id, None) for prospect_id in session.scalars(rest.limit(size - len(found)))]
    return found


def _held(conditions: list[ColumnElement[bool]], field_id: int | None) -> Select[int, str]:
    return (
        select(CustomValue.prospect_id, CustomValue.sort_key)
        .join(Prospect, Prospect.id == CustomValue.prospect_id)
        .where(CustomValue.field_id == field_id, *conditions)
    )
