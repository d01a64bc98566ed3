"""What a board shows and in which order: the filter, and the place in a column where a page begins."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, UnaryExpression, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Company, FitState, Prospect

MAX_ID = 2**31 - 1


class BoardSort(StrEnum):
    """The order of cards in a column: by hand, or the best fit first."""

    RANK = "rank"
    FIT = "fit"


class FitFilter(StrEnum):
    """Which cards to show by the state of their score."""

    SCORED = "scored"
    NO_EVIDENCE = "no_evidence"
    FAILED = "failed"
    PENDING = "pending"


FIT_STATES = {
    FitFilter.SCORED: (FitState.SCORED,),
    FitFilter.NO_EVIDENCE: (FitState.NO_EVIDENCE,),
    FitFilter.FAILED: (FitState.FAILED,),
    FitFilter.PENDING: (FitState.UNREAD, FitState.WAITING, FitState.SCORING),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """What the board shows. Scores are 0 to 100, both ends included; `unowned` shows only cards nobody owns."""

    owner_id: int | None = None
    unowned: bool = False
    score_min: float | None = None
    score_max: float | None = None
    text: str = ""
    fit: FitFilter | None = None
    sort: BoardSort = BoardSort.RANK

    @property
    def is_narrow(self) -> bool:
        """Say whether anything is hidden."""
        return bool(
            self.owner_id
            or self.unowned
            or self.text
            or self.fit
            or self.score_min is not None
            or self.score_max is not None
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last card of a page: what it is sorted by, and its id, which breaks ties."""

    key: str | float
    id: int

    def __str__(self) -> str:
        """Return the mark that a link to the next page carries."""
        return f"{self.id}.{self.key}"


class BadCursor(ValueError):
    """A page mark that no page of this board gave out."""


def read_cursor(mark: str, sort: BoardSort) -> Cursor:
    """Read a page mark back. Raises BadCursor."""
    number, _, key = mark.partition(".")
    # A number that no row can have would be a fault in the database driver instead of a plain refusal.
    if not number.isdecimal() or len(number) > 10 or int(number) > MAX_ID or not key.isprintable():
        raise BadCursor(mark)
    try:
        return Cursor(float(key) if sort is BoardSort.FIT else key, int(number))
    except ValueError:
        raise BadCursor(mark) from None


def conditions(chosen: BoardFilter) -> list[ColumnElement[bool]]:
    """Return the filter as SQL; with `text` the query must join Company."""
    found: list[ColumnElement[bool]] = []
    if chosen.unowned:
        found.append(Prospect.owner_id.is_(None))
    elif chosen.owner_id is not None:
        found.append(Prospect.owner_id == chosen.owner_id)
    if chosen.score_min is not None:
        found.append(Prospect.fit_score >= chosen.score_min)
    if chosen.score_max is not None:
        found.append(Prospect.fit_score <= chosen.score_max)
    if chosen.fit is not None:
        found.append(Prospect.fit_state.in_(FIT_STATES[chosen.fit]))
    if chosen.text:
        found.append(
            Company.name.icontains(chosen.text, autoescape=True)
            | Company.domain.icontains(chosen.text, autoescape=True)
        )
    return found


def ordering(
    sort: BoardSort,
) -> tuple[UnaryExpression[float] | InstrumentedAttribute[str], UnaryExpression[int] | InstrumentedAttribute[int]]:
    """Return what a column is ordered by; the indexes of Prospect carry both orders."""
    if sort is BoardSort.FIT:
        return Prospect.fit_sort.desc(), Prospect.id.desc()
    return Prospect.rank, Prospect.id


def cursor_condition(sort: BoardSort, after: Cursor) -> ColumnElement[bool]:
    """Return the condition for the cards that follow a page."""
    if sort is BoardSort.FIT:
        return tuple_(Prospect.fit_sort, Prospect.id) < (after.key, after.id)
    return tuple_(Prospect.rank, Prospect.id) > (after.key, after.id)
