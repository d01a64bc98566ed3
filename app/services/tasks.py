"""Tasks: things a person has to do, asked for by a person or by the product, each asked for once."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Membership, Program, Role, Task, TaskKind, TaskState, User
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.ledger.step_again import task_reopened
from app.services.ledger.step_over import task_closed
from app.services.notifying.mentions import tell_mentioned
from app.services.notifying.occasions import mention_in_task, task_given

MAX_TITLE = 300
MAX_DETAIL = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to be opened. `origin` names what asks for it; a second task of the same origin is never made."""

    program_id: int
    title: str
    kind: TaskKind = TaskKind.TO_DO
    prospect_id: int | None = None
    detail: str = ""
    assignee_id: int | None = None
    due_at: datetime | None = None
    is_timed: bool = False
    origin: str | None = None
    created_by_id: int | None = None


def open_task(session: Session, new: NewTask) -> Task:
    """Open a task; where its origin has one already, open or closed, return that one as it is."""
    known = task_of_origin(session, new.origin)
    if known is not None:
        return known
    task = Task(
        program_id=new.program_id,
        prospect_id=new.prospect_id,
        kind=new.kind,
        title=new.title[:MAX_TITLE],
        detail=new.detail[:MAX_DETAIL],
        assignee_id=new.assignee_id,
        due_at=new.due_at,
        is_timed=new.is_timed,
        origin=new.origin or None,
        created_by_id=new.created_by_id,
    )
    try:
        with session.begin_nested():
            session.add(task)
    except IntegrityError:
        # Somebody opened it between our look and our insert; the unique origin keeps it at one.
        return session.scalars(select(Task).where(Task.origin == new.origin)).one()
    note_change(session, task, "task.opened", actor_id=new.created_by_id)
    task_given(session, task, actor_id=new.created_by_id)
    return task


def task_of_origin(session: Session, origin: str | None) -> Task | None:
    """Return the task that an origin asked for, if it has."""
    return session.scalar(select(Task).where(Task.origin == origin)) if origin else None


def add_task_by_hand(session: Session, new: NewTask, *, actor: User) -> Task:
    """Open a task that a person wrote. Raises InvalidInput for a title or an assignee that will not do."""
    title = " ".join(new.title.split())
    if not title:
        raise InvalidInput({"title": _("Say what is to be done.")})
    if len(title) > MAX_TITLE:
        raise InvalidInput({"title": _("At most %(max)s characters; put the rest into a note.", max=MAX_TITLE)})
    member_of(session, new.program_id, new.assignee_id)
    task = open_task(session, replace(new, title=title, origin=None, created_by_id=actor.id))
    news = mention_in_task(task, author_id=actor.id)
    tell_mentioned(session, f"{task.title}\n{task.detail}", news, besides=task.assignee_id)
    return task


def task_in(session: Session, program: Program, task_id: int) -> Task:
    """Return a task of a program that access was checked for; raises NotFound."""
    task = session.get(Task, task_id)
    if task is None or task.program_id != program.id:
        raise NotFound(_("There is no such task in this program; it may have been removed."))
    return task


def require_version(task: Task, seen: str) -> None:
    """Raise Conflict where somebody changed a task since it had the version that was seen."""
    if seen != str(task.version):
        raise Conflict(_("Somebody changed this task meanwhile. Look at it again before you change it."))


def complete_task(session: Session, task: Task, *, actor: User) -> None:
    """Mark a task as done. Raises Conflict where somebody was faster."""
    if task.state is not TaskState.OPEN:
        raise Conflict(_("This task is closed already. Reload the page."))
    task.state = TaskState.DONE
    task.closed_at = now()
    task.closed_by_id = actor.id
    task.version += 1
    task_closed(session, task)
    note_change(session, task, "task.completed", actor_id=actor.id)


def reopen_task(session: Session, task: Task, *, actor: User) -> None:
    """Take the completion of a task back; the step of a sequence that it belongs to waits for it again.

    Raises Conflict where it is open already, and where its sequence has ended or gone on since.
    """
    if task.state is TaskState.OPEN:
        raise Conflict(_("This task is open already. Reload the page."))
    task.state = TaskState.OPEN
    task.closed_at = None
    task.closed_by_id = None
    task.version += 1
    session.flush()
    task_reopened(session, task, actor_id=actor.id)
    note_change(session, task, "task.reopened", actor_id=actor.id)


def change_task(
    session: Session,
    task: Task,
    *,
    assignee_id: int | None,
    due_at: datetime | None,
    is_timed: bool = False,
    actor: User,
) -> None:
    """Give a task to a member of its program (None: to nobody) and set when it is due. Raises InvalidInput."""
    person = member_of(session, task.program_id, assignee_id)
    is_given = person is not None and person.id != task.assignee_id
    task.assignee_id = person.id if person else None
    task.due_at = due_at
    task.is_timed = is_timed
    task.version += 1
    note_change(session, task, "task.changed", actor_id=actor.id)
    if is_given:
        task_given(session, task, actor_id=actor.id)


def member_of(session: Session, program_id: int, user_id: int | None) -> User | None:
    """Return who is to have a task, None for nobody. Raises InvalidInput for one who does not work there."""
    if user_id is None:
        return None
    person = session.get(User, user_id)
    is_member = select(Membership.id).where(Membership.user_id == user_id, Membership.program_id == program_id)
    if person is None or not person.is_active or (person.role is not Role.ADMIN and not session.scalar(is_member)):
        raise InvalidInput({"assignee_id": _("Choose somebody who works in this program.")})
    return person


def note_change(session: Session, task: Task, action: str, *, actor_id: int | None) -> None:
    """Write into the audit log what a task is now."""
    details = {
        "title": task.title,
        "prospect_id": task.prospect_id,
        "assignee_id": task.assignee_id,
        "due_at": task.due_at.isoformat() if task.due_at else None,
    }
    record_audit(
        session, action, subject=f"task:{task.id}", actor_id=actor_id, program_id=task.program_id, details=details
    )
