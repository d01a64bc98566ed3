"""The programs a person can switch between, and what waits for them there."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

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
    tasks = select(func.count(Task.id)).where(
        Task.program_id == program_id, Task.state == TaskState.OPEN, Task.assignee_id == user_id
    )
    applications = select(func.count(Application.id)).where(
        Application.program_id == program_id, Application.state == ApplicationState.SUBMITTED
    )
    counts = (tasks, waiting_conversations(program_id), applications)
    return Waiting(*session.execute(select(*(count.scalar_subquery() for count in counts))).one())
