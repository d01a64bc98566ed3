"""In which order a board shows its cards, and the place in a column where a page begins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, tuple_

from app.models import Prospect
from app.whole_numbers import row_number


class BoardSort(StrEnum):
    """The order of cards in a column: by hand, the best fit, the longest in stage, or the next step due first."""

    RANK = "rank"
    FIT = "fit"
    AGE = "age"
    NEXT = "next"

    @property
    def label(self) -> str:
        """Return the order as people read it."""
        return {"rank": "By hand", "fit": "Best fit", "age": "Longest in stage", "next": "Next step"}[self.value]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last card of a page: what it is sorted by, and its id, which breaks ties.

    In the order of next steps the key is when the step is due, and the rank for the cards without one, which follow.
    """

    key: str | float | datetime
    id: int

    def __str__(self) -> str:
        """Return the mark that a link to the next page carries."""
        return f"{self.id}.{self.key.isoformat() if isinstance(self.key, datetime) else self.key}"


class BadCursor(ValueError):
    """A page mark that no page of this board gave out."""


def read_cursor(mark: str, sort: BoardSort) -> Cursor:
    """Read a page mark back. Raises BadCursor."""
    written, _, key = mark.partition(".")
    number = row_number(written)
    if number is None or not key.isprintable():
        raise BadCursor(mark)
    try:
        return Cursor(_read_key(key, sort), number)
    except ValueError:
        raise BadCursor(mark) from None


def ordering(sort: BoardSort) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return what a column is ordered by; the indexes of Prospect carry these orders.

    For BoardSort.NEXT it is the order of the cards without a dated step.
    """
    if sort is BoardSort.FIT:
        return Prospect.fit_sort.desc(), Prospect.id.desc()
    if sort is BoardSort.AGE:
        return Prospect.stage_since_at.asc(), Prospect.id.asc()
    return Prospect.rank.asc(), Prospect.id.asc()


def cursor_condition(sort: BoardSort, after: Cursor) -> ColumnElement[bool]:
    """Return the condition for the cards that follow a page."""
    if sort is BoardSort.FIT:
        return tuple_(Prospect.fit_sort, Prospect.id) < (after.key, after.id)
    if sort is BoardSort.AGE:
        return tuple_(Prospect.stage_since_at, Prospect.id) > (after.key, after.id)
    return tuple_(Prospect.rank, Prospect.id) > (after.key, after.id)


def _read_key(key: str, sort: BoardSort) -> str | float | datetime:
    if sort is BoardSort.FIT:
        return float(key)
    if sort is BoardSort.AGE:
        return _moment(key)
    # Ranks are letters and digits; only a moment has a dash in it.
    return _moment(key) if sort is BoardSort.NEXT and "-" in key else key


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
