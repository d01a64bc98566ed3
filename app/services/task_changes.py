"""Changing a task: its words, its day and time, whose it is and what it is about; removing it; each with a way back."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Company, Prospect, Task, TaskKind, TaskState, User
from app.services.errors import Conflict, InvalidInput
from app.services.ledger.step_over import task_closed
from app.services.notifying.mentions import mentions_in
from app.services.notifying.occasions import mention_in_task, task_given
from app.services.notifying.telling import tell
from app.services.tasks import MAX_TITLE, member_of, note_change, require_version
from scrapers.domains import DomainError, normalize_domain


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskValues:
    """What a person sets of a task."""

    title: str
    assignee_id: int | None
    due_at: datetime | None
    is_timed: bool
    prospect_id: int | None


def values_of(task: Task) -> TaskValues:
    """Return what is set of a task now."""
    return TaskValues(
        title=task.title,
        assignee_id=task.assignee_id,
        due_at=task.due_at,
        is_timed=task.is_timed,
        prospect_id=task.prospect_id,
    )


def has_own_words(task: Task) -> bool:
    """Say whether a person wrote a task; what the product wrote keeps its words and what it is about."""
    return task.kind is TaskKind.TO_DO


def edit_task(session: Session, task: Task, typed: TaskValues, *, seen: str, actor: User) -> TaskValues:
    """Set what a person typed over the version they saw; return what it was before, for an Undo.

    Raises Conflict where somebody changed or closed it since, InvalidInput naming the field that will not do.
    """
    require_version(task, seen)
    if task.state is not TaskState.OPEN:
        raise Conflict(_("This task is closed already. Reload the page."))
    before = values_of(task)
    if not has_own_words(task):
        typed = replace(typed, title=before.title, prospect_id=before.prospect_id)
    _check(session, task, typed, before)
    task.title = " ".join(typed.title.split())
    task.assignee_id, task.prospect_id = typed.assignee_id, typed.prospect_id
    task.due_at, task.is_timed = typed.due_at, typed.is_timed and typed.due_at is not None
    task.version += 1
    note_change(session, task, "task.changed", actor_id=actor.id)
    if task.assignee_id is not None and task.assignee_id != before.assignee_id:
        task_given(session, task, actor_id=actor.id)
    _tell_newly_named(session, task, before.title, actor)
    return before


def steps_over(task: Task) -> bool:
    """Say whether removing a task skips a step of a sequence."""
    return task.kind is TaskKind.MANUAL_STEP


def drop_task(session: Session, task: Task, *, actor: User) -> None:
    """Remove a task that is not to be done; reopen_task brings it back. Raises Conflict where it is closed."""
    if task.state is not TaskState.OPEN:
        raise Conflict(_("This task is closed already. Reload the page."))
    task.state = TaskState.DROPPED
    task.closed_at, task.closed_by_id = now(), actor.id
    task.version += 1
    task_closed(session, task)
    note_change(session, task, "task.dropped", actor_id=actor.id)


def prospect_named(session: Session, program_id: int, domain: str) -> int | None:
    """Return the prospect of a program with this domain, None for an empty one. Raises InvalidInput."""
    if not domain.strip():
        return None
    try:
        wanted = normalize_domain(domain)
    except DomainError as error:
        raise InvalidInput(
            {"domain": _("%(error)s. Give the company's domain, such as agency.example.", error=error)}
        ) from error
    query = select(Prospect.id).join(Company, Company.id == Prospect.company_id)
    found = session.scalar(query.where(Prospect.program_id == program_id, Company.domain == wanted))
    if found is None:
        raise InvalidInput(
            {"domain": _("%(domain)s is no prospect of this program. Add it on the board first.", domain=wanted)}
        )
    return found


def _check(session: Session, task: Task, typed: TaskValues, before: TaskValues) -> None:
    title = " ".join(typed.title.split())
    if not title:
        raise InvalidInput({"title": _("Say what is to be done.")})
    if len(title) > MAX_TITLE:
        raise InvalidInput({"title": _("At most %(max)s characters; put the rest into a note.", max=MAX_TITLE)})
    # Whoever left keeps what they have until somebody gives it away.
    if typed.assignee_id != before.assignee_id:
        member_of(session, task.program_id, typed.assignee_id)
    if typed.prospect_id not in (None, before.prospect_id):
        prospect = session.get(Prospect, typed.prospect_id)
        if prospect is None or prospect.program_id != task.program_id:
            raise InvalidInput({"domain": _("There is no such prospect in this program; it may have been removed.")})


def _tell_newly_named(session: Session, task: Task, old_title: str, actor: User) -> None:
    if task.title == old_title:
        return
    named, before = (
        {person.id for person in mentions_in(session, task.program_id, text).people} for text in (task.title, old_title)
    )
    tell(session, mention_in_task(task, author_id=actor.id), named - before - {task.assignee_id or 0})
