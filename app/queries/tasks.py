"""The tasks of a program or a prospect, and how many wait for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.clock import today_in
from app.languages import mark
from app.models import Company, Prospect, Task, TaskKind, TaskState, User
from app.queries.due import is_late, late

SCREEN = 100
_OVERDUE, _TODAY, _LATER, _NO_DATE = mark("Overdue"), mark("Due today"), mark("Later"), mark("No date")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task as lists show it; `prospect_name` is empty for a task about no prospect."""

    id: int
    kind: TaskKind
    title: str
    detail: str
    state: TaskState
    due_at: datetime | None
    is_timed: bool
    assignee_id: int | None
    assignee: str | None
    prospect_id: int | None
    prospect_name: str
    created_at: datetime
    created_by: str | None
    closed_at: datetime | None
    closed_by: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state is TaskState.OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now, where the reader is."""
        return self.is_open and is_late(self.due_at, is_timed=self.is_timed)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of a list of tasks, and whether another one follows."""

    tasks: tuple[TaskRow, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks each view of the list would show."""

    mine: int
    everyone: int
    overdue: int


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks under one heading, which is said where it is shown."""

    title: str
    tasks: tuple[TaskRow, ...]
    is_late: bool = False


def open_tasks(session: Session, program_id: int, *, assignee_id: int | None = None, page: int = 1) -> TaskPage:
    """Return SCREEN of a program's open tasks (of one person where named), those due first on top; pages from 1."""
    query = _rows().where(Task.program_id == program_id, Task.state == TaskState.OPEN)
    if assignee_id is not None:
        query = query.where(Task.assignee_id == assignee_id)
    return _page(session, query.order_by(Task.due_at.is_(None), Task.due_at, Task.id), page)


def closed_tasks(session: Session, program_id: int, *, page: int = 1) -> TaskPage:
    """Return SCREEN of a program's closed tasks, the latest first; pages from 1."""
    query = _rows().where(Task.program_id == program_id, Task.state != TaskState.OPEN)
    return _page(session, query.order_by(Task.closed_at.desc(), Task.id.desc()), page)


def prospect_tasks(session: Session, prospect_id: int) -> list[TaskRow]:
    """Return a prospect's open tasks and the five that were closed last."""
    query = _rows().where(Task.prospect_id == prospect_id)
    still_open = query.where(Task.state == TaskState.OPEN).order_by(Task.due_at.is_(None), Task.due_at, Task.id)
    closed = query.where(Task.state != TaskState.OPEN).order_by(Task.closed_at.desc(), Task.id.desc()).limit(5)
    return [*_read(session, still_open.limit(SCREEN)), *_read(session, closed)]


def task_counts(session: Session, program_id: int, *, user_id: int) -> TaskCounts:
    """Count a program's open tasks: this person's, all, and those that are late."""
    is_open = (Task.program_id == program_id, Task.state == TaskState.OPEN)
    mine, everyone, overdue = (
        session.scalar(select(func.count()).select_from(Task).where(*is_open, *more)) or 0
        for more in ((Task.assignee_id == user_id,), (), (late(),))
    )
    return TaskCounts(mine, everyone, overdue)


def group_by_due(tasks: Sequence[TaskRow], zone: tzinfo = UTC) -> list[TaskGroup]:
    """Put open tasks under the headings overdue, today, later and without a date; empty ones are left out.

    What is late and what is of today goes by the clock of `zone`.
    """
    groups: dict[str, list[TaskRow]] = {_OVERDUE: [], _TODAY: [], _LATER: [], _NO_DATE: []}
    for task in tasks:
        if task.due_at is None:
            groups[_NO_DATE].append(task)
        elif is_late(task.due_at, is_timed=task.is_timed, zone=zone):
            groups[_OVERDUE].append(task)
        else:
            is_today = task.due_at.astimezone(zone if task.is_timed else UTC).date() == today_in(zone)
            groups[_TODAY if is_today else _LATER].append(task)
    return [TaskGroup(title, tuple(found), title == _OVERDUE) for title, found in groups.items() if found]


def _rows() -> Select[*tuple[Any, ...]]:
    assignee, author, closer = aliased(User), aliased(User), aliased(User)
    return (
        select(Task, assignee.name, author.name, closer.name, Company.name)
        .outerjoin(assignee, assignee.id == Task.assignee_id)
        .outerjoin(author, author.id == Task.created_by_id)
        .outerjoin(closer, closer.id == Task.closed_by_id)
        .outerjoin(Prospect, Prospect.id == Task.prospect_id)
        .outerjoin(Company, Company.id == Prospect.company_id)
    )


def _page(session: Session, query: Select[*tuple[Any, ...]], page: int) -> TaskPage:
    rows = _read(session, query.limit(SCREEN + 1).offset((page - 1) * SCREEN))
    return TaskPage(tuple(rows[:SCREEN]), len(rows) > SCREEN)


def _read(session: Session, query: Select[*tuple[Any, ...]]) -> list[TaskRow]:
    found = []
    for task, assignee, author, closer, company in session.execute(query):
        found.append(
            TaskRow(
                id=task.id,
                kind=task.kind,
                title=task.title,
                detail=task.detail,
                state=task.state,
                due_at=task.due_at,
                is_timed=task.is_timed,
                assignee_id=task.assignee_id,
                assignee=assignee,
                prospect_id=task.prospect_id,
                prospect_name=company or "",
                created_at=task.created_at,
                created_by=author,
                closed_at=task.closed_at,
                closed_by=closer,
            )
        )
    return found
