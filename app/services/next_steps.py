"""The next step of a prospect, changed where it is shown: its open task that is due first."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Prospect, Task, TaskKind, User
from app.queries.table import next_steps
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput
from app.services.plain_text import clean_line
from app.services.task_times import due_day, due_on_another_day, end_of_day
from app.services.tasks import MAX_TITLE, NewTask, add_task_by_hand, change_task, complete_task


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedStep:
    """A next step as a person typed it; `seen_task_id` is the one that was shown, 0 for none."""

    title: str
    due_on: date | None
    seen_task_id: int


def set_next_step(session: Session, prospect: Prospect, typed: TypedStep, *, actor: User) -> None:
    """Change the next step's words and day; an emptied one is done, a first one becomes a task of the owner's.

    Raises Conflict where another step comes first now, InvalidInput for words that will not do.
    """
    now_first = next_steps(session, [prospect.id]).get(prospect.id)
    if (now_first.task_id if now_first else 0) != typed.seen_task_id:
        if now_first is None:
            raise Conflict(_("Somebody changed the next step meanwhile: it is none now. Look at it, then try again."))
        words = _("Somebody changed the next step meanwhile: it is “%(title)s” now. Look at it, then try again.",
                  title=now_first.title)  # fmt: skip
        raise Conflict(words)
    title = clean_line(typed.title)
    if len(title) > MAX_TITLE:
        raise InvalidInput({"value": _("At most %(max)s characters; put the rest into a note.", max=MAX_TITLE)})
    if now_first is None:
        if title:
            _add(session, prospect, title, end_of_day(typed.due_on), actor)
        elif typed.due_on:
            raise InvalidInput({"value": _("Say what is to be done on that day.")})
        return
    task = session.get_one(Task, now_first.task_id)
    if not title:
        complete_task(session, task, actor=actor)
        return
    if title != task.title:
        _rename(session, task, title, actor)
    if due_day(task.due_at, actor.zone, is_timed=task.is_timed) != typed.due_on:
        due_at = due_on_another_day(task, typed.due_on, actor.zone) if typed.due_on else None
        is_timed = task.is_timed and due_at is not None
        change_task(session, task, assignee_id=task.assignee_id, due_at=due_at, is_timed=is_timed, actor=actor)


def _add(session: Session, prospect: Prospect, title: str, due_at: datetime | None, actor: User) -> None:
    new = NewTask(
        program_id=prospect.program_id,
        prospect_id=prospect.id,
        title=title,
        due_at=due_at,
        assignee_id=prospect.owner_id or actor.id,
    )
    try:
        add_task_by_hand(session, new, actor=actor)
    except InvalidInput as error:
        raise InvalidInput({"value": str(error)}) from error


def _rename(session: Session, task: Task, title: str, actor: User) -> None:
    if task.kind is not TaskKind.TO_DO:
        words = _("This step was written by the product; its words stay. Set its day, or do it.")
        raise InvalidInput({"value": words})
    before, task.title = task.title, title
    task.version += 1
    record_audit(
        session,
        "task.renamed",
        subject=f"task:{task.id}",
        actor_id=actor.id,
        program_id=task.program_id,
        details={"from": before, "to": title},
    )
