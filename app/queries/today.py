"""One person's day over all their programs: what is due, what came in, what waits for a yes, who stands still."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import (
    Application,
    ApplicationState,
    Company,
    MailState,
    Message,
    OnboardingAction,
    OnboardingPlan,
    Partnership,
    Prospect,
    ReceivedMail,
    Stage,
    Task,
    TaskState,
)
from app.models.onboarding import CLOSED_ACTION_STATES
from app.queries.approvals import awaiting_approval
from app.queries.onboarding import IN_ONBOARDING, is_ours
from outreach.inbound import InboundKind

# More of one kind are better worked through on the screen that is made for them.
MOST = 8
# A calendar shows what is still to come as well; more than this nobody reads there.
MOST_DATES = 200


class DayKind(StrEnum):
    """The kinds of things in a day, in the order they are shown."""

    OVERDUE = "overdue"
    DUE = "due"
    REPLY = "reply"
    APPLICATION = "application"
    APPROVAL = "approval"
    ONBOARDING = "onboarding"
    STUCK = "stuck"
    WAKING = "waking"

    @property
    def label(self) -> str:
        """Return the heading for people."""
        return {
            "overdue": "Overdue",
            "due": "Due today",
            "reply": "Replies to answer",
            "application": "Applications to review",
            "approval": "First mails to approve",
            "onboarding": "Onboarding: your turn",
            "stuck": "Partners who stand still",
            "waking": "Back on the board within a week",
        }[self.value]


@dataclass(frozen=True, slots=True)
class DayItem:
    """One thing: `row_id` is of the task, mail, application, message, partnership or prospect, as its kind says."""

    kind: DayKind
    program_id: int
    row_id: int
    title: str
    under: str
    at: datetime | None
    prospect_id: int | None = None


@dataclass(frozen=True, slots=True)
class DayGroup:
    """Things of one kind; `is_cut` says that there are more than are listed."""

    kind: DayKind
    items: tuple[DayItem, ...]
    is_cut: bool


def my_day(session: Session, user_id: int, program_ids: Collection[int]) -> list[DayGroup]:
    """Return what waits for a person in these programs, a group a kind, empty ones left out; one query a kind.

    Replies and applications of prospects nobody owns are everybody's. Applications and approvals are the program's.
    """
    if not program_ids:
        return []
    found = [
        DayGroup(kind, tuple(items[:MOST]), len(items) > MOST)
        for kind, items in _each_kind(session, user_id, list(program_ids))
        if items
    ]
    return sorted(found, key=lambda group: list(DayKind).index(group.kind))


def _each_kind(session: Session, user_id: int, programs: list[int]) -> list[tuple[DayKind, list[DayItem]]]:
    midnight = datetime.combine(today() + timedelta(days=1), time(), tzinfo=now().tzinfo)
    overdue = (Task.due_at < now(),)
    due = (Task.due_at >= now(), Task.due_at < midnight)
    return [
        (DayKind.OVERDUE, _tasks(session, DayKind.OVERDUE, user_id, programs, overdue)),
        (DayKind.DUE, _tasks(session, DayKind.DUE, user_id, programs, due)),
        (DayKind.REPLY, _replies(session, user_id, programs)),
        (DayKind.APPLICATION, _applications(session, programs)),
        (DayKind.APPROVAL, _approvals(session, programs)),
        (DayKind.ONBOARDING, _actions(session, user_id, programs)),
        (DayKind.STUCK, _stuck(session, user_id, programs)),
        (DayKind.WAKING, _waking(session, user_id, programs)),
    ]


def my_dates(session: Session, user_id: int, program_ids: Collection[int]) -> list[DayItem]:
    """Return everything that has a day and waits for a person in these programs, whenever it is; one query a kind."""
    if not program_ids:
        return []
    programs = list(program_ids)
    return [
        *_tasks(session, DayKind.DUE, user_id, programs, (Task.due_at.is_not(None),), most=MOST_DATES),
        *_applications(session, programs, most=MOST_DATES),
        *_actions(session, user_id, programs, most=MOST_DATES),
        *_waking(session, user_id, programs, days=366, most=MOST_DATES),
    ]


def _items(session: Session, kind: DayKind, query: Any, most: int = MOST + 1) -> list[DayItem]:
    return [DayItem(kind, *row) for row in session.execute(query.limit(most))]


def _tasks(
    session: Session,
    kind: DayKind,
    user_id: int,
    programs: list[int],
    when: tuple[ColumnElement[bool], ...],
    *,
    most: int = MOST + 1,
) -> list[DayItem]:
    company = func.coalesce(Company.name, "")
    query = (
        select(Task.program_id, Task.id, Task.title, company, Task.due_at, Task.prospect_id)
        .outerjoin(Prospect, Prospect.id == Task.prospect_id)
        .outerjoin(Company, Company.id == Prospect.company_id)
        .where(Task.assignee_id == user_id, Task.state == TaskState.OPEN, Task.program_id.in_(programs), *when)
        .order_by(Task.due_at, Task.id)
    )
    return _items(session, kind, query, most)


def _is_mine(user_id: int) -> ColumnElement[bool]:
    return or_(Prospect.owner_id == user_id, Prospect.owner_id.is_(None))


def _replies(session: Session, user_id: int, programs: list[int]) -> list[DayItem]:
    awake = or_(ReceivedMail.snoozed_until.is_(None), ReceivedMail.snoozed_until <= now())
    query = (
        select(
            ReceivedMail.program_id,
            ReceivedMail.id,
            Company.name,
            ReceivedMail.subject,
            ReceivedMail.received_at,
            ReceivedMail.prospect_id,
        )
        .join(Prospect, Prospect.id == ReceivedMail.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(
            ReceivedMail.program_id.in_(programs),
            ReceivedMail.kind == InboundKind.REPLY.value,
            ReceivedMail.state == MailState.READ,
            ReceivedMail.handled_at.is_(None),
            awake,
            _is_mine(user_id),
        )
        .order_by(ReceivedMail.received_at, ReceivedMail.id)
    )
    return _items(session, DayKind.REPLY, query)


def _applications(session: Session, programs: list[int], *, most: int = MOST + 1) -> list[DayItem]:
    query = (
        select(
            Application.program_id,
            Application.id,
            Application.company_name,
            Application.name,
            Application.due_at,
            Application.prospect_id,
        )
        .where(Application.program_id.in_(programs), Application.state == ApplicationState.SUBMITTED)
        .order_by(Application.due_at, Application.id)
    )
    return _items(session, DayKind.APPLICATION, query, most)


def _approvals(session: Session, programs: list[int]) -> list[DayItem]:
    query = (
        select(Message.program_id, Message.id, Company.name, Message.to_address, Message.due_at, Message.prospect_id)
        .join(Prospect, Prospect.id == Message.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(
            Message.program_id.in_(programs),
            *awaiting_approval(),
        )
        .order_by(Message.due_at, Message.id)
    )
    return _items(session, DayKind.APPROVAL, query)


def _partners(query: Any) -> Any:
    return (
        query.join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
    )


def _actions(session: Session, user_id: int, programs: list[int], *, most: int = MOST + 1) -> list[DayItem]:
    action = OnboardingAction
    unassigned = and_(action.assignee_id.is_(None), Partnership.account_manager_id == user_id)
    query = _partners(
        select(action.program_id, Partnership.id, Company.name, action.title, action.due_at, Prospect.id)
        .select_from(action)
        .join(OnboardingPlan, OnboardingPlan.id == action.plan_id)
    ).where(
        action.program_id.in_(programs),
        action.state.not_in(CLOSED_ACTION_STATES),
        action.opened_at.is_not(None),
        or_(is_ours(), action.submitted_at.is_not(None)),
        or_(action.assignee_id == user_id, unassigned),
        Prospect.stage.in_(IN_ONBOARDING),
    )
    return _items(session, DayKind.ONBOARDING, query.order_by(action.due_at, action.id), most)


def _stuck(session: Session, user_id: int, programs: list[int]) -> list[DayItem]:
    plan = OnboardingPlan
    query = _partners(
        select(plan.program_id, Partnership.id, Company.name, plan.template_name, plan.progressed_at, Prospect.id)
    ).where(
        plan.program_id.in_(programs),
        plan.done_at.is_(None),
        plan.stuck_at <= now(),
        Partnership.account_manager_id == user_id,
        Prospect.stage.in_(IN_ONBOARDING),
    )
    return _items(session, DayKind.STUCK, query.order_by(plan.progressed_at, plan.id))


def _waking(
    session: Session, user_id: int, programs: list[int], *, days: int = 7, most: int = MOST + 1
) -> list[DayItem]:
    query = (
        select(Prospect.program_id, Prospect.id, Company.name, Prospect.wake_up_on, Prospect.id)
        .join(Company, Company.id == Prospect.company_id)
        .where(
            Prospect.program_id.in_(programs),
            Prospect.owner_id == user_id,
            Prospect.stage == Stage.DORMANT,
            Prospect.wake_up_on <= today() + timedelta(days=days),
        )
        .order_by(Prospect.wake_up_on, Prospect.id)
        .limit(most)
    )
    zone = now().tzinfo
    return [
        DayItem(DayKind.WAKING, program_id, row_id, name, "", datetime.combine(day, time(), tzinfo=zone), prospect_id)
        for program_id, row_id, name, day, prospect_id in session.execute(query)
        if day is not None
    ]
