"""The programs a person can switch between, and what waits for them there."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import BindParameter, Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import UtcDateTime
from app.models import Application, ApplicationState, Membership, Program, ProgramType, Task, TaskState
from app.queries.inbox import waiting_conversations


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of a program waits: for this person, for somebody to answer or match, for a reviewer."""

    tasks: int = 0
    conversations: int = 0
    applications: int = 0


@dataclass(frozen=True, slots=True)
class NavigationProgram:
    """A program as the navigation shows it."""

    id: int
    slug: str
    name: str
    type: ProgramType


def programs_of(session: Session, user_id: int, *, sees_all: bool) -> tuple[NavigationProgram, ...]:
    """Return the programs in force a user works in, by name; all of them for one who sees all."""
    query = select(Program.id, Program.slug, Program.name, Program.type).where(Program.archived_at.is_(None))
    if not sees_all:
        query = query.join(Membership, Membership.program_id == Program.id).where(Membership.user_id == user_id)
    return tuple(NavigationProgram(*row) for row in session.execute(query.order_by(Program.name, Program.id)))


def waiting_in(session: Session, program_id: int, *, user_id: int) -> Waiting:
    """Return what waits in a program, in one statement, for every page asks."""
    values = {"in_program": program_id, "of_user": user_id, "at": now()}
    return Waiting(*session.execute(_waiting(), values).one())


@cache
def _waiting() -> Select[int, int, int]:
    # Built once: putting it together took longer than running it, on every page.
    in_program: BindParameter[int] = bindparam("in_program", type_=Integer)
    tasks = select(func.count(Task.id)).where(
        Task.program_id == in_program,
        Task.state == TaskState.OPEN,
        Task.assignee_id == bindparam("of_user", type_=Integer),
    )
    applications = select(func.count(Application.id)).where(
        Application.program_id == in_program, Application.state == ApplicationState.SUBMITTED
    )
    conversations = waiting_conversations(in_program, bindparam("at", type_=UtcDateTime))
    return select(*(count.scalar_subquery() for count in (tasks, conversations, applications)))
