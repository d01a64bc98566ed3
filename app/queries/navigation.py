"""The programs a person can switch between, and what waits for them there."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Membership, Program, ProgramType, Task, TaskState


@dataclass(frozen=True, slots=True)
class NavigationProgram:
    """A program as the navigation shows it."""

    slug: str
    name: str
    type: ProgramType


def programs_of(session: Session, user_id: int, *, sees_all: bool) -> tuple[NavigationProgram, ...]:
    """Return the programs in force a user works in, by name; all of them for one who sees all."""
    query = select(Program.slug, Program.name, Program.type).where(Program.archived_at.is_(None))
    if not sees_all:
        query = query.join(Membership, Membership.program_id == Program.id).where(Membership.user_id == user_id)
    return tuple(NavigationProgram(*row) for row in session.execute(query.order_by(Program.name, Program.id)))


def open_task_count(session: Session, slug: str, *, user_id: int) -> int:
    """Return how many open tasks of a program are this person's."""
    mine = (Program.slug == slug, Task.state == TaskState.OPEN, Task.assignee_id == user_id)
    return session.scalar(select(func.count(Task.id)).join(Program, Program.id == Task.program_id).where(*mine)) or 0
