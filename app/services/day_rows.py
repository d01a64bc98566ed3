"""What a person does with a row of their day where it stands: end it, put it off, give it away, and take that back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now, today_in
from app.languages import day_and_month
from app.languages import gettext as _
from app.models import (
    Application,
    Company,
    Message,
    OnboardingAction,
    OnboardingPlan,
    Program,
    Prospect,
    ReceivedMail,
    Task,
    User,
)
from app.models.day_choices import DaySnooze
from app.models.notification import Notification
from app.queries.day_items import DayKind
from app.services import replies, tasks
from app.services.access import Permission, program_for, require
from app.services.activities import assign_owner
from app.services.errors import InvalidInput, NotFound
from app.services.notifying.choosing import line_for, mark_read
from app.services.plain_text import in_short
from app.services.task_times import due_on_another_day
from app.whole_numbers import row_number

# Nobody means to see something again later than that.
LONGEST = timedelta(days=366)
_MORNING = time(7, tzinfo=UTC)
_MODELS: dict[DayKind, type[Any]] = {
    DayKind.MENTION: Notification,
    DayKind.REPLY: ReceivedMail,
    DayKind.APPLICATION: Application,
    DayKind.APPROVAL: Message,
    DayKind.ONBOARDING: OnboardingAction,
    DayKind.STUCK: OnboardingPlan,
    DayKind.LINGERING: Prospect,
    DayKind.WAKING: Prospect,
}


@dataclass(frozen=True, slots=True)
class DayRow:
    """A row of the day of a person who may see it."""

    kind: DayKind
    program: Program
    row: Task | Notification | ReceivedMail | Application | Message | OnboardingAction | OnboardingPlan | Prospect


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done in words, and the fields that take_back needs."""

    words: str
    undo: dict[str, str]


def day_row(session: Session, user: User, slug: str, kind: str, row_id: int) -> DayRow:
    """Return a row of a program the user works in. Raises NotFound for any other.

    Tasks and answers are the team's: raises NotAllowed for whoever only reads. The rest one may end and put off alone.
    """
    program = program_for(session, user, slug)
    if kind not in set(DayKind):
        raise _not_there()
    found = session.get(_MODELS.get(DayKind(kind), Task), row_id)
    if found is None or found.program_id != program.id:
        raise _not_there()
    if isinstance(found, Notification):
        line_for(session, user, row_id)
    if isinstance(found, Task | ReceivedMail):
        require(user, Permission.WORK_PROSPECTS)
    return DayRow(DayKind(kind), program, found)


def finish(session: Session, day: DayRow, *, actor: User) -> Deed:
    """End a row: the task is done, the answer is handled, the mention is read. Raises Conflict, InvalidInput."""
    row = day.row
    if isinstance(row, Notification):
        mark_read(session, actor, row.id)
        return Deed(_("Marked as read."), {"what": "finish"})
    if isinstance(row, Task):
        tasks.complete_task(session, row, actor=actor)
        return Deed(_("Done: %(title)s", title=in_short(row.title)), {"what": "finish"})
    if isinstance(row, ReceivedMail):
        replies.finish(session, row, actor=actor)
        return Deed(_("Done."), {"what": "finish"})
    raise InvalidInput({"kind": _("This is done where it is worked on; open it.")})


def snooze(session: Session, day: DayRow, *, until: date, actor: User) -> Deed:
    """Put a row off to a day: a task is due then, an answer comes back for everybody, the rest for this person alone.

    Raises InvalidInput for a day that is not to come.
    """
    today = today_in(actor.zone)
    if not today < until <= today + LONGEST:
        raise InvalidInput({"on": _("Choose a day from tomorrow on, within a year.")})
    row, undo = day.row, {"what": "snooze"}
    if isinstance(row, Task) and day.kind is not DayKind.SITE_CHANGE:
        undo["before"] = row.due_at.isoformat() if row.due_at else ""
        undo["is_timed"] = "1" if row.is_timed else ""
        due_at = due_on_another_day(row, until, actor.zone)
        _set_due(session, row, due_at, row.is_timed, actor)
        undo["version"] = str(row.version)
    elif isinstance(row, ReceivedMail):
        replies.snooze(session, row, until=datetime.combine(until, _MORNING), actor=actor)
    else:
        _hide(session, day, until, actor)
    return Deed(_("It comes back on %(day)s.", day=day_and_month(until)), undo)


def give(session: Session, day: DayRow, *, person_id: int | None, seen: str, actor: User) -> Deed:
    """Give the task, or the prospect a row is about, to a member of the program; None is nobody.

    `seen` is the version that was on screen. Raises Conflict where somebody changed it since, InvalidInput for somebody
    else, and for rows that are nobody's to give.
    """
    require(actor, Permission.WORK_PROSPECTS)
    row = day.row
    if isinstance(row, Task):
        tasks.require_version(row, seen)
        before, title = row.assignee_id, row.title
        _set_person(session, row, person_id, actor)
        version = row.version
    else:
        prospect = _prospect_of(session, day)
        before, title = prospect.owner_id, session.get_one(Company, prospect.company_id).name
        assign_owner(session, prospect, owner_id=person_id, version=row_number(seen, 0), actor=actor)
        version = prospect.version
    person = session.get(User, person_id) if person_id else None
    words = (
        _("%(name)s has it now: %(title)s", name=person.name, title=in_short(title))
        if person
        else _("Nobody has it now: %(title)s", title=in_short(title))
    )
    return Deed(words, {"what": "give", "before": str(before or 0), "version": str(version)})


def take_back(session: Session, day: DayRow, undo: Mapping[str, str], *, actor: User) -> str:
    """Take a deed back by its fields, and say so. Raises Conflict where somebody changed the row since."""
    what = undo.get("what")
    if what == "finish":
        _reopen(session, day, actor)
    elif what == "snooze":
        _wake(session, day, undo, actor)
    elif what == "give":
        _give_back(session, day, undo, actor)
    else:
        raise InvalidInput({"what": _("What to take back is not readable; reload the page.")})
    return _("It is back in your day.")


def given_to(session: Session, day: DayRow) -> tuple[str, int | None, int]:
    """Return what can be given to somebody, by its name, whose it is now, and its version."""
    if isinstance(day.row, Task):
        return day.row.title, day.row.assignee_id, day.row.version
    prospect = _prospect_of(session, day)
    return session.get_one(Company, prospect.company_id).name, prospect.owner_id, prospect.version


def _reopen(session: Session, day: DayRow, actor: User) -> None:
    row = day.row
    if isinstance(row, Notification):
        mark_read(session, actor, row.id, is_read=False)
        return
    if isinstance(row, Task):
        tasks.reopen_task(session, row, actor=actor)
    elif isinstance(row, ReceivedMail):
        replies.reopen(session, row, actor=actor)


def _wake(session: Session, day: DayRow, undo: Mapping[str, str], actor: User) -> None:
    row = day.row
    if isinstance(row, Task) and day.kind is not DayKind.SITE_CHANGE:
        tasks.require_version(row, undo.get("version", ""))
        _set_due(session, row, _moment(undo.get("before", "")), undo.get("is_timed") == "1", actor)
    elif isinstance(row, ReceivedMail):
        replies.reopen(session, row, actor=actor)
    else:
        session.execute(delete(DaySnooze).where(*_same(day, actor)))


def _give_back(session: Session, day: DayRow, undo: Mapping[str, str], actor: User) -> None:
    require(actor, Permission.WORK_PROSPECTS)
    person_id = row_number(undo.get("before", "")) or None
    if isinstance(day.row, Task):
        tasks.require_version(day.row, undo.get("version", ""))
        _set_person(session, day.row, person_id, actor)
    else:
        version = row_number(undo.get("version", ""), 0)
        assign_owner(session, _prospect_of(session, day), owner_id=person_id, version=version, actor=actor)


def _set_due(session: Session, task: Task, due_at: datetime | None, is_timed: bool, actor: User) -> None:
    tasks.change_task(session, task, assignee_id=task.assignee_id, due_at=due_at, is_timed=is_timed, actor=actor)


def _set_person(session: Session, task: Task, person_id: int | None, actor: User) -> None:
    tasks.change_task(session, task, assignee_id=person_id, due_at=task.due_at, is_timed=task.is_timed, actor=actor)


def _hide(session: Session, day: DayRow, until: date, actor: User) -> None:
    # What came back by itself is of no use any more.
    session.execute(delete(DaySnooze).where(DaySnooze.user_id == actor.id, DaySnooze.until <= now()))
    known, at = select(DaySnooze).where(*_same(day, actor)), datetime.combine(until, time(), UTC)
    found = session.scalar(known)
    if found is None:
        try:
            with session.begin_nested():
                session.add(DaySnooze(user_id=actor.id, kind=day.kind.value, row_id=day.row.id, until=at))
        except IntegrityError:
            # A second press got there between our look and our insert; the later one says until when.
            found = session.scalars(known).one()
    if found is not None:
        found.until = at


def _same(day: DayRow, actor: User) -> tuple[ColumnElement[bool], ...]:
    return DaySnooze.user_id == actor.id, DaySnooze.kind == day.kind.value, DaySnooze.row_id == day.row.id


def _prospect_of(session: Session, day: DayRow) -> Prospect:
    row = day.row
    if isinstance(row, ReceivedMail) and row.prospect_id is not None:
        return session.get_one(Prospect, row.prospect_id)
    if isinstance(row, Prospect):
        return row
    raise InvalidInput({"kind": _("This is given to somebody where it is worked on; open it.")})


def _not_there() -> NotFound:
    return NotFound(_("This is not in your day (any more): it is gone, or you do not work there now."))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        found = None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)
