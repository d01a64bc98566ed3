"""The board: heads and cards of every column, in a number of queries that never depends on the cards."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Subquery, func, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.models import BOARD_STAGES, OFF_BOARD_STAGES, Membership, Prospect, Stage, Task, TaskState, User
from app.queries.board_cards import Card, cards_of
from app.queries.board_few import Head, by_step, cards_named, few_of, heads_of, open_steps
from app.queries.board_filter import BoardSort, Cursor, cursor_condition, ordering
from app.queries.prospect_conditions import Look
from app.queries.prospect_filter import ProspectFilter, conditions

# A column that is scrolled loads pages of 30; the board itself, nine columns at once, draws what a tall screen shows.
PAGE_SIZE = 30
FIRST_PAGE_SIZE = 12


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
    few = few_of(session, [program_id], chosen, sort, size=FIRST_PAGE_SIZE) if chosen.asks_elsewhere else None
    if few is not None:
        heads, found = {stage: head for (_, stage), head in few[0].items()}, few[1]
    else:
        heads = stage_heads(session, program_id, chosen)
        found = _first_cards(session, program_id, [stage for stage in BOARD_STAGES if heads[stage].count], chosen, sort)
    columns = []
    for stage in BOARD_STAGES:
        if not chosen.stages or stage in chosen.stages:
            cards, following = cut([card for card in found if card.stage is stage], sort, size=FIRST_PAGE_SIZE)
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
        rows = by_step(cards_of(session, first))
    if len(rows) <= PAGE_SIZE:
        page = page_of(program_id, stage, chosen, sort, after=None if is_dated else after).subquery()
        rows += cards_of(session, page, *ordering(sort))
    return cut(rows, sort)


def stage_heads(session: Session, program_id: int, chosen: ProspectFilter) -> dict[Stage, Head]:
    """Return count and mean fit of each stage under a filter; every stage is in it."""
    return {stage: head for (_, stage), head in heads_of(session, [program_id], chosen).items()}


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


def _first_cards(
    session: Session, program_id: int, stages: Sequence[Stage], chosen: ProspectFilter, sort: BoardSort
) -> list[Card]:
    if not stages:
        return []
    pages = [page_of(program_id, stage, chosen, sort, size=FIRST_PAGE_SIZE).subquery() for stage in stages]
    if sort is BoardSort.NEXT:
        pages.append(first_of_each(dated_steps(program_id, stages, chosen).subquery()))
    # Ids first: joined to their cards, SQLite would write the cards' statement out once for every stage.
    return cards_named(session, session.scalars(union_all(*(select(page.c.id) for page in pages))).all(), sort)


def first_of_each(dated: Subquery, *, size: int = FIRST_PAGE_SIZE) -> Subquery:
    """Select the ids of the first `size` dated prospects of each stage, and one more."""
    place = func.row_number().over(partition_by=dated.c.stage, order_by=(dated.c.due, dated.c.id)).label("place")
    placed = select(dated.c.id, place).subquery()
    return select(placed.c.id).where(placed.c.place <= size + 1).subquery()


def page_of(
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
    due = open_steps([program_id]).subquery()
    query = (
        select(Prospect.id, Prospect.stage, due.c.due)
        .join(due, due.c.prospect_id == Prospect.id)
        .where(Prospect.program_id == program_id, Prospect.stage.in_(stages), *conditions(chosen))
    )
    return query if after is None else query.where(tuple_(due.c.due, Prospect.id) > (after.key, after.id))


def has_dated_step() -> ColumnElement[bool]:
    """Say of a prospect whether an open task of it has a day."""
    return (
        select(1)
        .where(Task.prospect_id == Prospect.id, Task.state == TaskState.OPEN, Task.due_at.is_not(None))
        .correlate(Prospect)
        .exists()
    )


def cut(cards: Sequence[Card], sort: BoardSort, *, size: int = PAGE_SIZE) -> tuple[tuple[Card, ...], Cursor | None]:
    """Return one page of a column's cards, and where the next one begins: None where no card is left over."""
    shown = tuple(cards[:size])
    if len(cards) <= size:
        return shown, None
    last = shown[-1]
    if sort is BoardSort.FIT:
        return shown, Cursor(last.fit_sort, last.id)
    if sort is BoardSort.AGE:
        return shown, Cursor(last.stage_since_at, last.id)
    return shown, Cursor(last.next_at if sort is BoardSort.NEXT and last.next_at else last.rank, last.id)
