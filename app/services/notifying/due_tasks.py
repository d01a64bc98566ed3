"""Telling people that their tasks are due: those of a day in the morning, those of a time at that time."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import Membership, Role, Task, TaskState, User
from app.models.notification import Notification, NotificationChoice, NotificationKind, NotificationWay, Thing
from app.services.notifying.telling import News, tell

# Tasks of a day are told when the day's mails leave (UTC).
MORNING = 6
# Of a time that passed while nothing ran one still hears within a day.
_STILL_NEWS = timedelta(days=1)


def tell_due_tasks(session: Session, *, limit: int = 200) -> int:
    """Tell people about their tasks that are due and that they were not told of yet; return how many tasks that were.

    Run each minute: what was told stands in the lines themselves, so nobody hears twice, whoever asks how often.
    """
    tasks = session.scalars(_due().order_by(Task.id).limit(limit)).all()
    for task in tasks:
        news = News(
            program_id=task.program_id,
            kind=NotificationKind.TASK_DUE,
            thing=Thing.TASK,
            prospect_id=task.prospect_id,
            task_id=task.id,
            origin=_origin(task),
        )
        tell(session, news, [task.assignee_id])
    return len(tasks)


def _due() -> Select[Task]:
    midnight = datetime.combine(today(), time(), tzinfo=now().tzinfo)
    of_a_time = and_(Task.is_timed, Task.due_at <= now(), Task.due_at > now() - _STILL_NEWS, ~_told(Task.due_at))
    due: ColumnElement[bool] = of_a_time
    if now().hour >= MORNING:
        is_today = and_(Task.due_at >= midnight, Task.due_at < midnight + timedelta(days=1))
        due = or_(of_a_time, and_(~Task.is_timed, is_today, ~_told(midnight)))
    wants_none = exists().where(
        NotificationChoice.user_id == Task.assignee_id,
        NotificationChoice.kind == NotificationKind.TASK_DUE,
        NotificationChoice.way == NotificationWay.OFF,
    )
    member = exists().where(Membership.user_id == Task.assignee_id, Membership.program_id == Task.program_id)
    return (
        select(Task)
        .join(User, and_(User.id == Task.assignee_id, User.is_active))
        .where(Task.state == TaskState.OPEN, due, or_(User.role == Role.ADMIN, member), ~wants_none)
    )


def _told(since: Any) -> ColumnElement[bool]:
    return exists().where(
        Notification.task_id == Task.id,
        Notification.user_id == Task.assignee_id,
        Notification.kind == NotificationKind.TASK_DUE,
        Notification.at >= since,
    )


def _origin(task: Task) -> str:
    at = task.due_at if task.is_timed and task.due_at else None
    return f"due:{task.id}:{f'{at:%Y-%m-%dT%H:%MZ}' if at else today().isoformat()}"
