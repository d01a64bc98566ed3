"""Heads of columns, and what a filter on other tables leaves, taken whole in one pass; of one program or of several."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from statistics import fmean
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from app.models import BOARD_STAGES, Prospect, Stage, Task, TaskState
from app.queries.board_cards import Card, cards_of
from app.queries.board_filter import BoardSort, ordering
from app.queries.prospect_filter import ProspectFilter, conditions

# What a filter on other tables leaves is taken whole up to so many, in one pass; of more, the first few come quickly.
FEW = 3_000
# Who met a filter that leaves more does not try again for a while: finding out builds all its sets.
_REMEMBERED_S, _MOST_REMEMBERED = 600.0, 500
_left_many: dict[tuple[tuple[int, ...], ProspectFilter], float] = {}
# A program's id and a stage of it: one column.
Place = tuple[int, Stage]


@dataclass(frozen=True, slots=True)
class Head:
    """How many prospects a stage holds, and the mean of their fit scores (None where none has one)."""

    count: int = 0
    mean: float | None = None


def heads_of(session: Session, program_ids: Sequence[int], chosen: ProspectFilter) -> dict[Place, Head]:
    """Return count and mean fit of each stage of each program under a filter; every stage is in it."""
    scored = case((Prospect.fit_sort >= 0, Prospect.fit_sort))
    query = select(Prospect.program_id, Prospect.stage, func.count(), func.avg(scored)).where(
        in_programs(Prospect.program_id, program_ids), *conditions(chosen)
    )
    heads = {(program_id, stage): Head() for program_id in program_ids for stage in Stage}
    for program_id, stage, count, mean in session.execute(query.group_by(Prospect.program_id, Prospect.stage)):
        heads[program_id, stage] = Head(count, mean)
    return heads


def few_of(
    session: Session, program_ids: Sequence[int], chosen: ProspectFilter, sort: BoardSort, *, size: int
) -> tuple[dict[Place, Head], list[Card]] | None:
    """Return heads and the first `size` + 1 cards of each column; None where the filter leaves more than FEW.

    Where it lately left more than FEW, it is None, too: the cards are the same by the other way.
    """
    asked = (tuple(program_ids), chosen)
    if time.monotonic() - _left_many.get(asked, -_REMEMBERED_S) < _REMEMBERED_S:
        return None
    # Only what is compared: reading three thousand days that nobody looks at takes longer than finding their rows.
    by = Prospect.stage_since_at if sort is BoardSort.AGE else Prospect.rank
    query = select(Prospect.id, Prospect.program_id, Prospect.stage, Prospect.fit_sort, by).where(
        in_programs(Prospect.program_id, program_ids), *conditions(chosen)
    )
    rows = session.execute(query.limit(FEW + 1)).all()
    if len(rows) > FEW:
        if len(_left_many) >= _MOST_REMEMBERED:
            _left_many.clear()
        _left_many[asked] = time.monotonic()
        return None
    due = dict[int, datetime]()
    if sort is BoardSort.NEXT:
        ids = [row.id for row in rows]
        steps = open_steps(program_ids).where(Task.prospect_id.in_(ids))
        due = {row.prospect_id: row.due for row in session.execute(steps)}
    by_place: dict[Place, list[Any]] = {(each, stage): [] for each in program_ids for stage in Stage}
    for row in rows:
        by_place[row.program_id, row.stage].append(row)
    first = [
        row.id
        for program_id in program_ids
        for stage in BOARD_STAGES
        for row in nsmallest(size + 1, by_place[program_id, stage], key=lambda row: _key(row, sort, due.get(row.id)))
    ]
    heads = {place: _head([row.fit_sort for row in at_place]) for place, at_place in by_place.items()}
    return heads, cards_named(session, first, sort)


def cards_named(session: Session, ids: Sequence[int], sort: BoardSort) -> list[Card]:
    """Return the cards with these ids in an order."""
    named = select(Prospect.id).where(Prospect.id.in_(ids)).subquery()
    cards = cards_of(session, named, *ordering(sort))
    return by_step(cards) if sort is BoardSort.NEXT else cards


def open_steps(program_ids: Sequence[int]) -> Select[int | None, datetime | None]:
    """Select the prospects with a dated open task, and `due`, when the first one is due."""
    return (
        select(Task.prospect_id, func.min(Task.due_at).label("due"))
        .where(in_programs(Task.program_id, program_ids), Task.state == TaskState.OPEN, Task.due_at.is_not(None))
        .group_by(Task.prospect_id)
    )


def by_step(cards: list[Card]) -> list[Card]:
    """Return cards in the order of their next steps; those without a dated one come last, in their order by hand."""
    return sorted(cards, key=lambda card: (card.order(BoardSort.NEXT), card.id))


def in_programs(column: Any, program_ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition for rows of these programs; of a single one as an equality, which indexes know best."""
    found: ColumnElement[bool] = column == program_ids[0] if len(program_ids) == 1 else column.in_(program_ids)
    return found


def _key(row: Any, sort: BoardSort, due: datetime | None) -> tuple[Any, ...]:
    if sort is BoardSort.FIT:
        return -row.fit_sort, -row.id
    if sort is BoardSort.AGE:
        return row.stage_since_at, row.id
    return (0, due, row.id) if due is not None else (1, row.rank, row.id)


def _head(fits: list[float]) -> Head:
    scored = [fit for fit in fits if fit >= 0]
    return Head(len(fits), fmean(scored) if scored else None)
