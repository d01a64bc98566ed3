"""Who stands before and after a prospect in the view it was opened from: same conditions, same order, by keyset.

Steps along the indexes that board and table walk, so that the place in 100,000 rows makes no difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.orm import Session

from app.models import Company, Prospect, Task, TaskState
from app.queries.board import dated_steps, has_dated_step
from app.queries.board_few import FEW
from app.queries.board_filter import BoardSort, ordering
from app.queries.prospect import ProspectHeader
from app.queries.prospect_conditions import Look
from app.queries.prospect_filter import ProspectFilter, conditions
from app.queries.table_order import TableOrder, page_of
from app.queries.table_walks import BadPlace


@dataclass(frozen=True, slots=True)
class Neighbor:
    """The prospect before or after this one."""

    id: int
    name: str


Pair = tuple[Neighbor | None, Neighbor | None]


def in_column(
    session: Session,
    header: ProspectHeader,
    chosen: ProspectFilter | None = None,
    sort: BoardSort = BoardSort.RANK,
) -> Pair:
    """Return the prospects just before and after in the board's column of this one's stage."""
    chosen = chosen or ProspectFilter()
    here = (Prospect.program_id == header.program_id, Prospect.stage == header.stage)
    narrow = [*here, *_narrow(session, chosen, here)]
    if sort is BoardSort.NEXT:
        return _named(session, *_by_step(session, header, chosen, narrow))
    return _named(session, *_along(session, header.id, sort, narrow))


def in_table(session: Session, header: ProspectHeader, chosen: ProspectFilter, order: TableOrder) -> Pair:
    """Return the prospects just before and after in the table; none where this one has no place in its order."""
    program_id = header.program_id
    try:
        (place,) = page_of(session, program_id, [Prospect.id == header.id], order, window=(None, 1))
        narrow = _narrow(session, chosen, (Prospect.program_id == program_id,))
        before = page_of(session, program_id, narrow, order, window=(place, 1), is_back=True)
        after = page_of(session, program_id, narrow, order, window=(place, 1))
    except BadPlace:
        return None, None
    return _named(session, before[0].id if before else None, after[0].id if after else None)


def _narrow(session: Session, chosen: ProspectFilter, here: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Return the filter; what asks other tables is asked once for all where it leaves few, else of each row passed."""
    if not chosen.asks_elsewhere:
        return conditions(chosen)
    ids = list(session.scalars(select(Prospect.id).where(*here, *conditions(chosen)).limit(FEW + 1)))
    return [Prospect.id.in_(ids)] if len(ids) <= FEW else conditions(chosen, Look.EACH)


def _along(
    session: Session, prospect_id: int, sort: BoardSort, narrow: list[ColumnElement[bool]]
) -> tuple[int | None, int | None]:
    keys: Any = (_KEYS.get(sort, Prospect.rank), Prospect.id)
    there = tuple_(*session.execute(select(*keys).where(Prospect.id == prospect_id)).one())
    rising, falling = [key.asc() for key in keys], [key.desc() for key in keys]
    rows = select(Prospect.id).where(*narrow).limit(1)
    lower = session.scalar(rows.where(tuple_(*keys) < there).order_by(*falling))
    higher = session.scalar(rows.where(tuple_(*keys) > there).order_by(*rising))
    return (higher, lower) if sort is BoardSort.FIT else (lower, higher)


_KEYS: dict[BoardSort, Any] = {BoardSort.FIT: Prospect.fit_sort, BoardSort.AGE: Prospect.stage_since_at}


def _by_step(
    session: Session, header: ProspectHeader, chosen: ProspectFilter, narrow: list[ColumnElement[bool]]
) -> tuple[int | None, int | None]:
    """Return who is before and after where dated steps come first, by their day, and all others follow by hand."""
    is_open = and_(Task.prospect_id == header.id, Task.state == TaskState.OPEN)
    due = session.scalar(select(func.min(Task.due_at)).where(is_open))
    dated = dated_steps(header.program_id, [header.stage], chosen).subquery()
    steps, keys = select(dated.c.id).limit(1), tuple_(dated.c.due, dated.c.id)
    rising, falling = (dated.c.due, dated.c.id), (dated.c.due.desc(), dated.c.id.desc())
    undated = [*narrow, ~has_dated_step()]
    if due is None:
        before, after = _along(session, header.id, BoardSort.RANK, undated)
        return before or session.scalar(steps.order_by(*falling)), after
    there = tuple_(due, header.id)
    before = session.scalar(steps.where(keys < there).order_by(*falling))
    after = session.scalar(steps.where(keys > there).order_by(*rising))
    first = select(Prospect.id).where(*undated).order_by(*ordering(BoardSort.NEXT)).limit(1)
    return before, after or session.scalar(first)


def _named(session: Session, before: int | None, after: int | None) -> Pair:
    wanted = [each for each in (before, after) if each is not None]
    rows = select(Prospect.id, Company.name).join(Company, Company.id == Prospect.company_id)
    found = {row.id: Neighbor(row.id, row.name) for row in session.execute(rows.where(Prospect.id.in_(wanted)))}
    return found.get(before or 0), found.get(after or 0)
