"""One person's day over all their programs: what is due, what came in, what waits for a yes, who stands still."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, null, select
from sqlalchemy.orm import Session

from app.clock import today_in
from app.models import Company, Prospect, Task, TaskKind, TaskState, User
from app.models.notification import Notification, NotificationKind
from app.queries import day_prospects
from app.queries.day_items import MOST, Asker, DayGroup, DayItem, DayKind
from app.queries.due import due_until, late
from app.queries.notifications import notification_lines

# A calendar shows what is still to come as well; more than this nobody reads there.
MOST_DATES = 200


def my_day(session: Session, user: User, program_ids: Collection[int]) -> list[DayGroup]:
    """Return what waits for a person in these programs, a group a kind, empty ones left out; one query a kind.

    Replies of prospects nobody owns are everybody's. Applications and approvals are the program's. What the person put
    off is left out until its day.
    """
    if not program_ids:
        return []
    return [
        DayGroup(kind, tuple(items[:MOST]), len(items) > MOST)
        for kind, items in _each_kind(Asker(session, user, list(program_ids)))
        if items
    ]


def _each_kind(day: Asker) -> list[tuple[DayKind, list[DayItem]]]:
    by_hand, zone = Task.kind != TaskKind.SITE_CHANGE, day.user.zone
    is_late, is_due = late(zone), due_until(today_in(zone), zone)
    return [
        (DayKind.OVERDUE, _tasks(day, DayKind.OVERDUE, by_hand, is_late)),
        (DayKind.DUE, _tasks(day, DayKind.DUE, by_hand, ~is_late, is_due)),
        (DayKind.MENTION, _mentions(day)),
        (DayKind.REPLY, day_prospects.replies(day)),
        (DayKind.APPLICATION, day_prospects.applications(day)),
        (DayKind.APPROVAL, day_prospects.approvals(day)),
        (
            DayKind.SITE_CHANGE,
            _tasks(day, DayKind.SITE_CHANGE, ~by_hand, day.awake(DayKind.SITE_CHANGE, Task.id)),
        ),
        (DayKind.ONBOARDING, day_prospects.actions(day)),
        (DayKind.STUCK, day_prospects.stuck(day)),
        (DayKind.LINGERING, day_prospects.lingering(day)),
        (DayKind.WAKING, day_prospects.waking(day)),
    ]


def my_dates(session: Session, user: User, program_ids: Collection[int]) -> list[DayItem]:
    """Return everything that has a day and waits for a person in these programs, whenever it is; one query a kind."""
    if not program_ids:
        return []
    day = Asker(session, user, list(program_ids), sees_snoozed=True, most=MOST_DATES)
    return [
        *_tasks(day, DayKind.DUE, Task.due_at.is_not(None)),
        *day_prospects.applications(day),
        *day_prospects.actions(day),
        *day_prospects.waking(day, days=366),
    ]


def _tasks(day: Asker, kind: DayKind, *when: ColumnElement[bool]) -> list[DayItem]:
    company = func.coalesce(Company.name, "")
    query = (
        select(Task.program_id, Task.id, Task.title, company, Task.due_at, Task.prospect_id, null(), Task.is_timed)
        .outerjoin(Prospect, Prospect.id == Task.prospect_id)
        .outerjoin(Company, Company.id == Prospect.company_id)
        .where(
            Task.assignee_id == day.user.id,
            Task.state == TaskState.OPEN,
            Task.program_id.in_(day.program_ids),
            *when,
        )
        .order_by(Task.due_at, Task.id)
    )
    return day.read(kind, query)


def _mentions(day: Asker) -> list[DayItem]:
    """Return the notes, tasks and reviews that name the person, until they are read."""
    lines = notification_lines(
        day.session,
        day.user,
        Notification.kind == NotificationKind.MENTION,
        Notification.read_at.is_(None),
        Notification.program_id.in_(day.program_ids),
        day.awake(DayKind.MENTION, Notification.id),
        limit=day.most,
    )
    return [
        DayItem(DayKind.MENTION, line.program_id, line.id, line.title, line.under, line.at, line.prospect_id)
        for line in lines
    ]
