"""The table of prospects: a page of rows with what its columns show, in as many queries whatever the rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from app.models import (
    ACTIVE_CRAWL_STATES,
    Activity,
    Company,
    FitState,
    Message,
    Prospect,
    ReceivedMail,
    Stage,
    Task,
    TaskKind,
    TaskState,
    User,
)
from app.queries.prospect_conditions import Look
from app.queries.prospect_filter import ProspectFilter, conditions
from app.queries.table_columns import Builtin, Column
from app.queries.table_facts import InSequence, MainContact, contacts_of, kinds_of, sequences_of, tiers_of
from app.queries.table_fields import values_of
from app.queries.table_order import Place, TableOrder, page_of
from app.queries.tags import TagName, tags_on

PAGE_SIZE = 50
_REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Step:
    """The next step of a prospect: its open task that is due first."""

    task_id: int
    title: str
    due_at: datetime | None
    is_timed: bool
    kind: TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A prospect as a row; what no shown column asks for is left empty. `values` are by field id."""

    id: int
    version: int
    name: str
    domain: str
    country: str | None
    language: str | None
    stage: Stage
    stage_since_at: datetime
    score: float | None
    fit: str
    owner_id: int | None
    owner_name: str | None
    source: str
    created_at: datetime
    tags: tuple[TagName, ...] = ()
    step: Step | None = None
    touched_at: datetime | None = None
    kinds: tuple[str, ...] = ()
    tier: str = ""
    contact: MainContact | None = None
    sequence: InSequence | None = None
    values: Mapping[int, str] = field(default_factory=dict)

    def text_of(self, column: Column) -> str:
        """Return what stands in a column that can be changed, as text; empty for nothing."""
        if column.field_id is not None:
            return self.values.get(column.field_id, "")
        if column.key == Builtin.OWNER:
            return self.owner_name or ""
        if column.key == Builtin.TAGS:
            return ", ".join(self.tags)
        if column.key == Builtin.COUNTRY:
            return self.country or ""
        return self.step.title if self.step else ""


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a table: in which order, behind which row (None from the beginning), how many rows."""

    order: TableOrder
    after: Place | None = None
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class TablePage:
    """Rows in their order, and where the next page begins (None at the end)."""

    rows: tuple[TableRow, ...]
    next: Place | None


def table_page(
    session: Session,
    program_id: int,
    chosen: ProspectFilter,
    *,
    columns: Sequence[Column],
    window: Window,
) -> TablePage:
    """Return one page of a program's prospects. Raises BadPlace for a page mark of another order."""
    size = window.size
    places = page_of(session, program_id, conditions(chosen), window.order, window=(window.after, size + 1))
    shown = places[:size]
    rows = rows_by_id(session, program_id, [place.id for place in shown], columns=columns)
    following = shown[-1] if len(places) > size else None
    return TablePage(tuple(rows[place.id] for place in shown if place.id in rows), following)


def table_count(session: Session, program_id: int, chosen: ProspectFilter) -> int:
    """Return how many prospects a filter lets through."""
    query = select(func.count()).select_from(Prospect).where(Prospect.program_id == program_id, *conditions(chosen))
    return session.scalar(query) or 0


def passing(session: Session, program_id: int, chosen: ProspectFilter, ids: Collection[int]) -> list[int]:
    """Return which of some prospects a filter lets through, by id."""
    query = select(Prospect.id).where(Prospect.program_id == program_id, Prospect.id.in_(ids))
    return list(session.scalars(query.where(*conditions(chosen, Look.EACH)).order_by(Prospect.id))) if ids else []


def rows_by_id(
    session: Session, program_id: int, ids: Collection[int], *, columns: Sequence[Column]
) -> dict[int, TableRow]:
    """Return the rows of some prospects of a program; ids of other programs are left out."""
    if not ids:
        return {}
    keys = {column.key for column in columns}
    field_ids = [column.field_id for column in columns if column.field_id is not None]
    found = session.execute(_basics(program_id, ids)).all()
    here = [row.id for row in found]
    companies = {row.id: row.company_id for row in found}
    tags = tags_on(session, here) if Builtin.TAGS in keys else {}
    steps = next_steps(session, here) if Builtin.STEP in keys else {}
    touches = _touches(session, here) if Builtin.TOUCH in keys else {}
    kinds = kinds_of(session, companies) if Builtin.KIND in keys else {}
    tiers = tiers_of(session, here) if Builtin.TIER in keys else {}
    contacts = contacts_of(session, companies) if Builtin.CONTACT in keys else {}
    sequences = sequences_of(session, here) if Builtin.SEQUENCE in keys else {}
    values: dict[int, dict[int, str]] = {}
    for (prospect_id, field_id), value in values_of(session, here, field_ids).items():
        values.setdefault(prospect_id, {})[field_id] = value
    return {
        row.id: _row(
            row,
            tags=tags.get(row.id, ()),
            step=steps.get(row.id),
            touched_at=touches.get(row.id),
            kinds=kinds.get(row.id, ()),
            tier=tiers.get(row.id, ""),
            contact=contacts.get(row.id),
            sequence=sequences.get(row.id),
            values=values.get(row.id, {}),
        )
        for row in found
    }


def next_steps(session: Session, prospect_ids: Collection[int]) -> dict[int, Step]:
    """Return the open task that is due first of each of these prospects; one without a day comes last."""
    rows = session.execute(
        select(Task.prospect_id, Task.id, Task.title, Task.due_at, Task.is_timed, Task.kind)
        .where(Task.prospect_id.in_(prospect_ids), Task.state == TaskState.OPEN)
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
    )
    found: dict[int, Step] = {}
    for prospect_id, task_id, title, due_at, is_timed, kind in rows:
        if prospect_id is not None:
            found.setdefault(prospect_id, Step(task_id, title, due_at, is_timed, kind))
    return found


def _basics(program_id: int, ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Prospect.id,
            Prospect.company_id,
            Prospect.version,
            Prospect.stage,
            Prospect.stage_since_at,
            Prospect.fit_score,
            Prospect.fit_state,
            Prospect.owner_id,
            Prospect.source,
            Prospect.created_at,
            Company.name,
            Company.domain,
            Company.country,
            Company.language,
            Company.crawl_state,
            User.name.label("owner_name"),
        )
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(User, User.id == Prospect.owner_id)
        .where(Prospect.program_id == program_id, Prospect.id.in_(ids))
    )


def _row(row: Row[*tuple[Any, ...]], **more: Any) -> TableRow:
    is_reading = row.crawl_state in ACTIVE_CRAWL_STATES and row.fit_state is FitState.UNREAD
    has_number = row.fit_score is not None and row.fit_state is not FitState.FAILED
    return TableRow(
        id=row.id,
        version=row.version,
        name=row.name,
        domain=row.domain,
        country=row.country,
        language=row.language,
        stage=row.stage,
        stage_since_at=row.stage_since_at,
        score=row.fit_score,
        fit="scored" if has_number else "reading" if is_reading else row.fit_state.value,
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        source=row.source,
        created_at=row.created_at,
        **more,
    )


def _touches(session: Session, ids: Collection[int]) -> dict[int, datetime]:
    """Return when each was written to, heard or spoken of last."""
    found: dict[int, datetime] = {}
    for column, moment, condition in (
        (Activity.prospect_id, Activity.at, Activity.at.is_not(None)),
        (Message.prospect_id, Message.accepted_at, Message.accepted_at.is_not(None)),
        (ReceivedMail.prospect_id, ReceivedMail.received_at, ReceivedMail.kind == _REPLY),
    ):
        for prospect_id, at in session.execute(_newest(column, moment, condition, ids)):
            found[prospect_id] = max(found.get(prospect_id, at), at)
    return found


def _newest(column: Any, moment: Any, condition: ColumnElement[bool], ids: Collection[int]) -> Select[Any]:
    return select(column, func.max(moment)).where(column.in_(ids), condition).group_by(column)
