"""What one person was told, read off the rows it is about: only of programs they work in now, newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.languages import counted, mark
from app.languages import gettext as _
from app.models import Activity, Company, Membership, Program, Prospect, Role, Task, TaskState, User
from app.models.notification import (
    Notification,
    NotificationChoice,
    NotificationKind,
    NotificationWay,
    Thing,
)

PAGE = 50
# More than this the bell does not count.
MOST_COUNTED = 99
EXCERPT = 200
_MANY: dict[tuple[NotificationKind, Thing], Callable[[int], str]] = {
    (NotificationKind.MENTION, Thing.PROSPECT): lambda num: counted(
        "%(num)s mention of you", "%(num)s mentions of you", num
    ),
    (NotificationKind.MENTION, Thing.TASK): lambda num: counted(
        "%(num)s mention of you in tasks", "%(num)s mentions of you in tasks", num
    ),
    (NotificationKind.MENTION, Thing.APPLICATION): lambda num: counted(
        "%(num)s mention of you in reviews", "%(num)s mentions of you in reviews", num
    ),
    (NotificationKind.ASSIGNED, Thing.PROSPECT): lambda num: counted(
        "%(num)s prospect was given to you", "%(num)s prospects were given to you", num
    ),
    (NotificationKind.ASSIGNED, Thing.TASK): lambda num: counted(
        "%(num)s task was given to you", "%(num)s tasks were given to you", num
    ),
    (NotificationKind.ASSIGNED, Thing.PARTNER): lambda num: counted(
        "%(num)s partner was given to you", "%(num)s partners were given to you", num
    ),
    (NotificationKind.REPLY, Thing.MAIL): lambda num: counted(
        "%(num)s reply came to your prospects", "%(num)s replies came to your prospects", num
    ),
    (NotificationKind.APPLICATION, Thing.APPLICATION): lambda num: counted(
        "%(num)s application came in", "%(num)s applications came in", num
    ),
    (NotificationKind.TASK_DUE, Thing.TASK): lambda num: counted(
        "%(num)s of your tasks is due", "%(num)s of your tasks are due", num
    ),
    (NotificationKind.STUCK, Thing.PARTNER): lambda num: counted(
        "%(num)s of your partners stands still", "%(num)s of your partners stand still", num
    ),
    (NotificationKind.SENDER_PAUSED, Thing.SENDER): lambda num: counted(
        "%(num)s sender was paused", "%(num)s senders were paused", num
    ),
    (NotificationKind.BULK_ENDED, Thing.BULK): lambda num: counted(
        "%(num)s of your bulk actions ended", "%(num)s of your bulk actions ended", num
    ),
}
_ONE = {
    (NotificationKind.MENTION, Thing.PROSPECT): mark("%(actor)s mentioned you on %(company)s"),
    (NotificationKind.MENTION, Thing.TASK): mark("%(actor)s mentioned you in a task"),
    (NotificationKind.MENTION, Thing.APPLICATION): mark("%(actor)s mentioned you in the review of %(company)s"),
    (NotificationKind.ASSIGNED, Thing.PROSPECT): mark("%(actor)s gave you %(company)s"),
    (NotificationKind.ASSIGNED, Thing.TASK): mark("%(actor)s gave you a task"),
    (NotificationKind.ASSIGNED, Thing.PARTNER): mark("%(company)s is your partner now"),
    (NotificationKind.REPLY, Thing.MAIL): mark("%(company)s replied"),
    (NotificationKind.APPLICATION, Thing.APPLICATION): mark("%(company)s applied"),
    (NotificationKind.TASK_DUE, Thing.TASK): mark("Due: %(task)s"),
    (NotificationKind.STUCK, Thing.PARTNER): mark("%(company)s stands still"),
    (NotificationKind.SENDER_PAUSED, Thing.SENDER): mark("A sender was paused"),
    (NotificationKind.BULK_ENDED, Thing.BULK): mark("Your bulk action ended"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationLine:
    """One line; `count` above 1 stands for that many of a kind, which then leads to where they are worked on."""

    id: int
    program_id: int
    kind: NotificationKind
    thing: Thing
    slug: str
    program: str
    row_id: int
    prospect_id: int | None
    company: str
    actor: str
    note: str
    task: str
    words: str
    count: int
    at: datetime
    is_read: bool

    @property
    def title(self) -> str:
        """Return what happened in one sentence, in the language in force."""
        what = (self.kind, self.thing)
        if self.count > 1 and what in _MANY:
            return _MANY[what](self.count)
        company = self.company or self.words or _("A prospect")
        words = _ONE.get(what, self.kind.label)
        return _(words, actor=self.actor or "Scoutboard", company=company, task=self.task)

    @property
    def under(self) -> str:
        """Return what was said, or which one it is; "" where the title says it all."""
        if self.count > 1:
            return ""
        if self.kind is NotificationKind.TASK_DUE:
            return self.company
        text = self.note or (self.task if self.thing is Thing.TASK else "")
        if not text and (self.company or self.kind in (NotificationKind.SENDER_PAUSED, NotificationKind.BULK_ENDED)):
            text = self.words
        line = " ".join(text.split())
        return f"{line[:EXCERPT].rstrip()}…" if len(line) > EXCERPT else line


@dataclass(frozen=True, slots=True)
class Bell:
    """How many are unread, at most MOST_COUNTED + 1, and the newest of them; equal bells look equal."""

    count: int
    newest_id: int

    @property
    def tag(self) -> str:
        """Return what names it in an ETag."""
        return f'"{self.count}.{self.newest_id}"'

    @property
    def text(self) -> str:
        """Return the count as it is shown; "" for none."""
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count or "")


def bell_of(session: Session, user: User) -> Bell:
    """Return how much is unread; one look at an index."""
    unread = (
        select(Notification.id)
        .where(*visible_to(user), Notification.read_at.is_(None))
        .order_by(Notification.id.desc())
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    return Bell(*session.execute(select(func.count(), func.coalesce(func.max(unread.c.id), 0))).one())


def visible_to(user: User) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a line one that this person may see and that still means something.

    Who left a program, or whose program was archived, hears no more of it; a task that is closed is not due.
    """
    in_force = select(Program.id).where(Program.archived_at.is_(None))
    if user.role is not Role.ADMIN:
        mine = select(Membership.program_id).where(Membership.user_id == user.id)
        in_force = in_force.where(Program.id.in_(mine))
    task = aliased(Task)
    closed = select(task.id).where(task.id == Notification.task_id, task.state != TaskState.OPEN).exists()
    return (
        Notification.user_id == user.id,
        Notification.folded_into_id.is_(None),
        Notification.program_id.in_(in_force),
        or_(Notification.kind != NotificationKind.TASK_DUE, Notification.count > 1, ~closed),
    )


def notification_lines(
    session: Session, user: User, *conditions: ColumnElement[bool], limit: int = PAGE
) -> list[NotificationLine]:
    """Return what a person was told and may still see, newest first; one query."""
    actor = aliased(User)
    rows = session.execute(
        select(Notification, Program.slug, Program.name, Company.name, actor.name, Activity.body, Task.title)
        .join(Program, Program.id == Notification.program_id)
        .outerjoin(Prospect, Prospect.id == Notification.prospect_id)
        .outerjoin(Company, Company.id == Prospect.company_id)
        .outerjoin(actor, actor.id == Notification.actor_id)
        .outerjoin(Activity, Activity.id == Notification.activity_id)
        .outerjoin(Task, Task.id == Notification.task_id)
        .where(*visible_to(user), *conditions)
        .order_by(Notification.at.desc(), Notification.id.desc())
        .limit(limit)
    )
    return [_line(row, *names) for row, *names in rows]


def older_than(at: datetime, row_id: int) -> ColumnElement[bool]:
    """Return what makes a line stand below another one."""
    return or_(Notification.at < at, and_(Notification.at == at, Notification.id < row_id))


def ways_of(session: Session, user_id: int) -> dict[NotificationKind, NotificationWay]:
    """Return how a person wants to be told of each kind."""
    chosen = select(NotificationChoice.kind, NotificationChoice.way).where(NotificationChoice.user_id == user_id)
    return dict.fromkeys(NotificationKind, NotificationWay.APP) | dict(session.execute(chosen).all())


def _line(row: Notification, *names: str | None) -> NotificationLine:
    slug, program, company, actor, note, task = (name or "" for name in names)
    return NotificationLine(
        id=row.id,
        program_id=row.program_id,
        kind=row.kind,
        thing=row.thing,
        slug=slug,
        program=program,
        row_id=row.row_id,
        prospect_id=row.prospect_id,
        company=company,
        actor=actor,
        note=note,
        task=task,
        words=row.words,
        count=row.count,
        at=row.at,
        is_read=row.read_at is not None,
    )
