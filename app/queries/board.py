"""The board: heads and cards of every column, in a number of queries that never depends on the cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from statistics import fmean
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.models import BOARD_STAGES, OFF_BOARD_STAGES, Membership, Prospect, Stage, Task, TaskState, User
from app.queries.board_cards import Card, cards_of
from app.queries.board_filter import BoardSort, Cursor, cursor_condition, ordering
from app.queries.prospect_conditions import Look
from app.queries.prospect_filter import ProspectFilter, conditions

# A column that is scrolled loads pages of 30; the board itself, nine columns at once, draws what a tall screen shows.
PAGE_SIZE = 30
FIRST_PAGE_SIZE = 12
# What a filter on other tables leaves is taken whole up to so many, in one pass; of more, the first few come quickly.
FEW = 3_000


@dataclass(frozen=True, slots=True)
class Head:
    """How many prospects a stage holds, and the mean of their fit scores (None where none has one)."""

    count: int = 0
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its head, its first cards, and where the next page begins (None at the end)."""

    stage: Stage
    head: Head
    cards: tuple[Card, ...]
    next: Cursor | None

    @property
    def count(self) -> int:
        """Return how many prospects the stage holds."""
        return self.head.count


@dataclass(frozen=True, slots=True)
class Board:
    """The columns in board order, and how many prospects stand off the board, by stage."""

    columns: tuple[Column, ...]
    off_board: tuple[tuple[Stage, int], ...]

    @property
    def count(self) -> int:
        """Return how many prospects the filter lets through, on the board and off it."""
        return sum(column.count for column in self.columns) + sum(count for _, count in self.off_board)


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who can own prospects of a program."""

    id: int
    name: str


def board(session: Session, program_id: int, chosen: ProspectFilter, *, sort: BoardSort = BoardSort.RANK) -> Board:
    """Return every column that the filter leaves, with its first page."""
    few = _few(session, program_id, chosen, sort) if chosen.asks_elsewhere else None
    if few is not None:
        heads, found = few
    else:
        heads = stage_heads(session, program_id, chosen)
        found = _first_cards(session, program_id, [stage for stage in BOARD_STAGES if heads[stage].count], chosen, sort)
    columns = []
    for stage in BOARD_STAGES:
        if not chosen.stages or stage in chosen.stages:
            cards, following = _cut([card for card in found if card.stage is stage], sort, size=FIRST_PAGE_SIZE)
            columns.append(Column(stage, heads[stage], cards, following))
    return Board(tuple(columns), tuple((stage, heads[stage].count) for stage in OFF_BOARD_STAGES))


def column_page(
    session: Session,
    program_id: int,
    stage: Stage,
    chosen: ProspectFilter,
    *,
    sort: BoardSort = BoardSort.RANK,
    after: Cursor | None = None,
) -> tuple[tuple[Card, ...], Cursor | None]:
    """Return one page of a column by keyset, and where the next one begins; any depth costs the same."""
    rows: list[Card] = []
    is_dated = sort is BoardSort.NEXT and (after is None or not isinstance(after.key, str))
    if is_dated:
        dated = dated_steps(program_id, [stage], chosen, after=after).subquery()
        first = select(dated.c.id).order_by(dated.c.due, dated.c.id).limit(PAGE_SIZE + 1).subquery()
        rows = _by_step(cards_of(session, first))
    if len(rows) <= PAGE_SIZE:
        page = _page_of(program_id, stage, chosen, sort, after=None if is_dated else after).subquery()
        rows += cards_of(session, page, *ordering(sort))
    return _cut(rows, sort)


def stage_heads(session: Session, program_id: int, chosen: ProspectFilter) -> dict[Stage, Head]:
    """Return count and mean fit of each stage under a filter; every stage is in it."""
    scored = case((Prospect.fit_sort >= 0, Prospect.fit_sort))
    query = select(Prospect.stage, func.count(), func.avg(scored)).where(
        Prospect.program_id == program_id, *conditions(chosen)
    )
    heads = dict.fromkeys(Stage, Head())
    for stage, count, mean in session.execute(query.group_by(Prospect.stage)):
        heads[stage] = Head(count, mean)
    return heads


def stage_counts(session: Session, program_id: int, chosen: ProspectFilter) -> dict[Stage, int]:
    """Return how many prospects each stage holds under a filter; every stage is in it."""
    return {stage: head.count for stage, head in stage_heads(session, program_id, chosen).items()}


def cards_by_id(
    session: Session, program_id: int, ids: Sequence[int], chosen: ProspectFilter | None = None
) -> dict[int, Card]:
    """Return the cards of a program with the given ids that a filter lets through; ids of others are left out."""
    if not ids:
        return {}
    narrow = conditions(chosen) if chosen else []
    wanted = select(Prospect.id).where(Prospect.program_id == program_id, Prospect.id.in_(ids), *narrow).subquery()
    return {card.id: card for card in cards_of(session, wanted)}


def owners_of(session: Session, program_id: int) -> tuple[Owner, ...]:
    """Return the people a program's prospects can be filtered by: its members and whoever owns one of them."""
    members = select(Membership.user_id).where(Membership.program_id == program_id)
    holds = select(1).where(Prospect.owner_id == User.id, Prospect.program_id + 0 == program_id).correlate(User)
    query = select(User.id, User.name).where(or_(User.id.in_(members), holds.exists())).order_by(User.name, User.id)
    return tuple(Owner(*row) for row in session.execute(query))


def _few(
    session: Session, program_id: int, chosen: ProspectFilter, sort: BoardSort
) -> tuple[dict[Stage, Head], list[Card]] | None:
    """Return heads and first cards in one pass over what the filter leaves; None where that is more than FEW."""
    # Only what is compared: reading three thousand days that nobody looks at takes longer than finding their rows.
    by = Prospect.stage_since_at if sort is BoardSort.AGE else Prospect.rank
    query = select(Prospect.id, Prospect.stage, Prospect.fit_sort, by).where(
        Prospect.program_id == program_id, *conditions(chosen)
    )
    rows = session.execute(query.limit(FEW + 1)).all()
    if len(rows) > FEW:
        return None
    due = dict[int, datetime]()
    if sort is BoardSort.NEXT:
        ids = [row.id for row in rows]
        steps = _steps(program_id).where(Task.prospect_id.in_(ids))
        due = {row.prospect_id: row.due for row in session.execute(steps)}
    by_stage: dict[Stage, list[Any]] = {stage: [] for stage in Stage}
    for row in rows:
        by_stage[row.stage].append(row)
    first = [
        row.id
        for stage in BOARD_STAGES
        for row in nsmallest(FIRST_PAGE_SIZE + 1, by_stage[stage], key=lambda row: _key(row, sort, due.get(row.id)))
    ]
    heads = {stage: _head([row.fit_sort for row in of_stage]) for stage, of_stage in by_stage.items()}
    return heads, _cards(session, first, sort)


def _key(row: Any, sort: BoardSort, due: datetime | None) -> tuple[Any, ...]:
    if sort is BoardSort.FIT:
        return -row.fit_sort, -row.id
    if sort is BoardSort.AGE:
        return row.stage_since_at, row.id
    return (0, due, row.id) if due is not None else (1, row.rank, row.id)


def _head(fits: list[float]) -> Head:
    scored = [fit for fit in fits if fit >= 0]
    return Head(len(fits), fmean(scored) if scored else None)


def _first_cards(
    session: Session, program_id: int, stages: Sequence[Stage], chosen: ProspectFilter, sort: BoardSort
) -> list[Card]:
    if not stages:
        return []
    pages = [_page_of(program_id, stage, chosen, sort, size=FIRST_PAGE_SIZE).subquery() for stage in stages]
    if sort is BoardSort.NEXT:
        pages.append(_first_of_each(dated_steps(program_id, stages, chosen).subquery()))
    # Ids first: joined to their cards, SQLite would write the cards' statement out once for every stage.
    return _cards(session, session.scalars(union_all(*(select(page.c.id) for page in pages))).all(), sort)


def _cards(session: Session, ids: Sequence[int], sort: BoardSort) -> list[Card]:
    named = select(Prospect.id).where(Prospect.id.in_(ids)).subquery()
    cards = cards_of(session, named, *ordering(sort))
    return _by_step(cards) if sort is BoardSort.NEXT else cards


def _first_of_each(dated: Subquery) -> Subquery:
    place = func.row_number().over(partition_by=dated.c.stage, order_by=(dated.c.due, dated.c.id)).label("place")
    placed = select(dated.c.id, place).subquery()
    return select(placed.c.id).where(placed.c.place <= FIRST_PAGE_SIZE + 1).subquery()


def _page_of(
    program_id: int,
    stage: Stage,
    chosen: ProspectFilter,
    sort: BoardSort,
    *,
    size: int = PAGE_SIZE,
    after: Cursor | None = None,
) -> Select[int]:
    """Select the ids of one page and one more, which tells whether another page follows; a walk along an index."""
    narrow = conditions(chosen, Look.EACH)
    query = select(Prospect.id).where(Prospect.program_id == program_id, Prospect.stage == stage, *narrow)
    if sort is BoardSort.NEXT:
        query = query.where(~has_dated_step())
    if after is not None:
        query = query.where(cursor_condition(sort, after))
    return query.order_by(*ordering(sort)).limit(size + 1)


def dated_steps(
    program_id: int, stages: Sequence[Stage], chosen: ProspectFilter, *, after: Cursor | None = None
) -> Select[int, Stage, object]:
    """Select the prospects with a dated step: `id`, `stage`, and `due`, when the first one is due."""
    due = _steps(program_id).subquery()
    query = (
        select(Prospect.id, Prospect.stage, due.c.due)
        .join(due, due.c.prospect_id == Prospect.id)
        .where(Prospect.program_id == program_id, Prospect.stage.in_(stages), *conditions(chosen))
    )
    return query if after is None else query.where(tuple_(due.c.due, Prospect.id) > (after.key, after.id))


def _steps(program_id: int) -> Select[int | None, datetime | None]:
    """Select the prospects with a dated open task, and `due`, when the first one is due."""
    return (
        select(Task.prospect_id, func.min(Task.due_at).label("due"))
        .where(Task.program_id == program_id, Task.state == TaskState.OPEN, Task.due_at.is_not(None))
        .group_by(Task.prospect_id)
    )


def has_dated_step() -> ColumnElement[bool]:
    """Say of a prospect whether an open task of it has a day."""
    return (
        select(1)
        .where(Task.prospect_id == Prospect.id, Task.state == TaskState.OPEN, Task.due_at.is_not(None))
        .correlate(Prospect)
        .exists()
    )


def _by_step(cards: list[Card]) -> list[Card]:
    return sorted(cards, key=lambda card: (card.order(BoardSort.NEXT), card.id))


def _cut(cards: Sequence[Card], sort: BoardSort, *, size: int = PAGE_SIZE) -> tuple[tuple[Card, ...], Cursor | None]:
    shown = tuple(cards[:size])
    if len(cards) <= size:
        return shown, None
    last = shown[-1]
    if sort is BoardSort.FIT:
        return shown, Cursor(last.fit_sort, last.id)
    if sort is BoardSort.AGE:
        return shown, Cursor(last.stage_since_at, last.id)
    return shown, Cursor(last.next_at if sort is BoardSort.NEXT and last.next_at else last.rank, last.id)
