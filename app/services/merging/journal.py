"""The journal of a merge: every row it changes or takes out, as it was, so that each step can be taken back.

It works on tables, not on classes: a merge touches every table that points at a company, a prospect or a contact,
those of later versions too.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, Table, and_, delete, insert, select, update
from sqlalchemy import Enum as ChoiceType
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db import Base, UtcDateTime
from app.models.merge import MergeStep

Row = Mapping[str, Any]


class Journal:
    """Writes rows for one merge and keeps what they were."""

    def __init__(self, session: Session, merge_id: int) -> None:
        """Begin after everything that the session holds was written."""
        session.flush()
        self._session = session
        self._merge_id = merge_id

    def change(self, table: Table, row: Row, values: Row) -> None:
        """Set columns of a row; nothing where they have these values already."""
        fresh = {name: value for name, value in values.items() if row[name] != value}
        if not fresh:
            return
        self._session.execute(update(table).where(_is_row(table, row)).values(fresh))
        self._note(table, row, before={name: row[name] for name in fresh}, after=fresh)

    def drop(self, table: Table, row: Row) -> None:
        """Take a row out. What points at it and would go with it must have been moved or dropped before."""
        self._session.execute(delete(table).where(_is_row(table, row)))
        self._note(table, row, before=row, after={})

    def _note(self, table: Table, row: Row, *, before: Row, after: Row) -> None:
        self._session.add(
            MergeStep(
                merge_id=self._merge_id,
                table_name=table.name,
                key=as_json({column.name: row[column.name] for column in table.primary_key}),
                before=as_json(before),
                after=as_json(after),
            )
        )
        self._session.flush()


class Undoing:
    """Walks a merge's steps backwards; a row that came back under another id is followed through the steps left."""

    def __init__(self, session: Session) -> None:
        """Begin after everything that the session holds was written."""
        session.flush()
        self._session = session
        self._moved: dict[tuple[str, int], int] = {}

    def take_back(self, step: MergeStep) -> bool:
        """Take one step back; False where the row was changed or removed since and stays as it is."""
        table = Base.metadata.tables.get(step.table_name)
        if table is None:
            return False
        try:
            with self._session.begin_nested():
                return self._change_back(table, step) if step.after else self._put_back(table, step)
        except IntegrityError:
            return False  # what was made since stands where it stood

    def _change_back(self, table: Table, step: MergeStep) -> bool:
        before, after = from_json(table, step.before), from_json(table, step.after)
        key = from_json(table, step.key) | {name: after[name] for name in step.key if name in after}
        row = self._session.execute(select(table).where(_is_row(table, key))).mappings().first()
        if row is None:
            return False
        same = {name: value for name, value in before.items() if row[name] == after[name]}
        if same:
            self._session.execute(update(table).where(_is_row(table, key)).values(self._followed(table, same)))
        return len(same) == len(before)

    def _put_back(self, table: Table, step: MergeStep) -> bool:
        values = self._followed(table, from_json(table, step.before))
        number = values.get("id")
        if number is not None and self._is_taken(table, number):
            del values["id"]
            fresh = self._session.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
            self._moved[table.name, number] = fresh
        else:
            self._session.execute(insert(table).values(values))
        return True

    def _is_taken(self, table: Table, number: int) -> bool:
        return self._session.execute(select(table.c.id).where(table.c.id == number)).first() is not None

    def _followed(self, table: Table, values: Row) -> dict[str, Any]:
        found = dict(values)
        for name, value in values.items():
            for key in table.c[name].foreign_keys:
                found[name] = self._moved.get((key.column.table.name, value), value)
        return found


def as_json(row: Row) -> dict[str, Any]:
    """Return a row's values as JSON holds them."""
    return {name: _plain(value) for name, value in row.items()}


def from_json(table: Table, values: Row) -> dict[str, Any]:
    """Return values that JSON held as the table's columns hold them; columns that are no more are left out."""
    return {name: _typed(table.c[name], value) for name, value in values.items() if name in table.c}


def rows_where(session: Session, table: Table, *conditions: ColumnElement[bool]) -> list[Row]:
    """Return a table's rows as mappings, the oldest first."""
    query = select(table).where(*conditions).order_by(*table.primary_key)
    return [dict(row) for row in session.execute(query).mappings()]


def table_of(model: type[Base]) -> Table:
    """Return the table of a row class."""
    return cast("Table", model.__table__)


def _is_row(table: Table, row: Row) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _typed(column: ColumnElement[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    kind = column.type
    return kind.enum_class(value) if isinstance(kind, ChoiceType) and kind.enum_class is not None else value
