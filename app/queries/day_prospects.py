"""What a day holds of prospects and partners: answers, applications, mails to approve, onboarding, who stands still."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from app.clock import now, today
from app.languages import gettext as _
from app.models import (
    Application,
    ApplicationState,
    Company,
    MailState,
    Message,
    OnboardingAction,
    OnboardingPlan,
    Partnership,
    Program,
    Prospect,
    ReceivedMail,
    Stage,
)
from app.models.onboarding import CLOSED_ACTION_STATES
from app.queries.approvals import awaiting_approval
from app.queries.day_items import Asker, DayItem, DayKind
from app.queries.onboarding import IN_ONBOARDING, is_ours
from outreach.inbound import InboundKind

# The board paints the age of a card from this day on, too.
LINGERS_AFTER = timedelta(days=21)
# Where somebody has begun; a list of sourced names waits for nobody, and partners have a plan that knows its days.
_MOVING = (
    Stage.QUALIFIED,
    Stage.CONTACTED,
    Stage.ENGAGED,
    Stage.APPLIED,
    Stage.IN_REVIEW,
    Stage.APPROVED,
)


def replies(day: Asker) -> list[DayItem]:
    """Return answers nobody has handled, of prospects that are the person's or nobody's, the longest waiting first."""
    awake = or_(ReceivedMail.snoozed_until.is_(None), ReceivedMail.snoozed_until <= now())
    is_mine = or_(Prospect.owner_id == day.user.id, Prospect.owner_id.is_(None))
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
            ReceivedMail.program_id.in_(day.program_ids),
            ReceivedMail.kind == InboundKind.REPLY.value,
            ReceivedMail.state == MailState.READ,
            ReceivedMail.handled_at.is_(None),
            awake,
            is_mine,
        )
        .order_by(ReceivedMail.received_at, ReceivedMail.id)
    )
    return day.read(DayKind.REPLY, query)


def applications(day: Asker) -> list[DayItem]:
    """Return applications to review, by when an answer was promised."""
    query = (
        select(
            Application.program_id,
            Application.id,
            Application.company_name,
            Application.name,
            Application.due_at,
            Application.prospect_id,
        )
        .where(
            Application.program_id.in_(day.program_ids),
            Application.state == ApplicationState.SUBMITTED,
            day.awake(DayKind.APPLICATION, Application.id),
        )
        .order_by(Application.due_at, Application.id)
    )
    return day.read(DayKind.APPLICATION, query)


def approvals(day: Asker) -> list[DayItem]:
    """Return first mails that wait for a yes."""
    query = (
        select(Message.program_id, Message.id, Company.name, Message.to_address, Message.due_at, Message.prospect_id)
        .join(Prospect, Prospect.id == Message.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(
            Message.program_id.in_(day.program_ids),
            *awaiting_approval(),
            day.awake(DayKind.APPROVAL, Message.id),
        )
        .order_by(Message.due_at, Message.id)
    )
    return day.read(DayKind.APPROVAL, query)


def actions(day: Asker) -> list[DayItem]:
    """Return onboarding actions that are ours, or that a partner has sent in, given to the person."""
    action = OnboardingAction
    unassigned = and_(action.assignee_id.is_(None), Partnership.account_manager_id == day.user.id)
    query = _partners(
        select(action.program_id, action.id, Company.name, action.title, action.due_at, Prospect.id, Partnership.id)
        .select_from(action)
        .join(OnboardingPlan, OnboardingPlan.id == action.plan_id)
    ).where(
        action.program_id.in_(day.program_ids),
        action.state.not_in(CLOSED_ACTION_STATES),
        action.opened_at.is_not(None),
        or_(is_ours(), action.submitted_at.is_not(None)),
        or_(action.assignee_id == day.user.id, unassigned),
        Prospect.stage.in_(IN_ONBOARDING),
        day.awake(DayKind.ONBOARDING, action.id),
    )
    return day.read(DayKind.ONBOARDING, query.order_by(action.due_at, action.id))


def stuck(day: Asker) -> list[DayItem]:
    """Return the person's partners with whom nothing has happened for longer than their template allows."""
    plan = OnboardingPlan
    query = _partners(
        select(
            plan.program_id,
            plan.id,
            Company.name,
            plan.template_name,
            plan.progressed_at,
            Prospect.id,
            Partnership.id,
        )
    ).where(
        plan.program_id.in_(day.program_ids),
        plan.done_at.is_(None),
        plan.stuck_at <= now(),
        Partnership.account_manager_id == day.user.id,
        Prospect.stage.in_(IN_ONBOARDING),
        day.awake(DayKind.STUCK, plan.id),
    )
    return day.read(DayKind.STUCK, query.order_by(plan.progressed_at, plan.id))


def lingering(day: Asker) -> list[DayItem]:
    """Return the person's prospects that have stood in a stage for LINGERS_AFTER, the longest first."""
    query = (
        select(
            Prospect.program_id, Prospect.id, Company.name, Prospect.stage, Prospect.stage_since_at, Program.stage_names
        )
        .join(Company, Company.id == Prospect.company_id)
        # A left join, or SQLite begins with the programs, reads all that the person owns and sorts it.
        .outerjoin(Program, Program.id == Prospect.program_id)
        .where(
            Prospect.owner_id == day.user.id,
            Prospect.stage_since_at <= now() - LINGERS_AFTER,
            Prospect.stage.in_(_MOVING),
            Prospect.program_id.in_(day.program_ids),
            day.awake(DayKind.LINGERING, Prospect.id),
        )
        .order_by(Prospect.stage_since_at, Prospect.id)
        .limit(day.most)
    )
    return [
        DayItem(DayKind.LINGERING, program_id, row_id, name, called.get(stage) or _(stage.word), since, row_id)
        for program_id, row_id, name, stage, since, called in day.session.execute(query)
    ]


def waking(day: Asker, *, days: int = 7) -> list[DayItem]:
    """Return the person's dormant prospects that come back within so many days."""
    query = (
        select(Prospect.program_id, Prospect.id, Company.name, Prospect.wake_up_on)
        .join(Company, Company.id == Prospect.company_id)
        .where(
            Prospect.program_id.in_(day.program_ids),
            Prospect.owner_id == day.user.id,
            Prospect.stage == Stage.DORMANT,
            Prospect.wake_up_on <= today() + timedelta(days=days),
            day.awake(DayKind.WAKING, Prospect.id),
        )
        .order_by(Prospect.wake_up_on, Prospect.id)
        .limit(day.most)
    )
    zone = now().tzinfo
    return [
        DayItem(DayKind.WAKING, program_id, row_id, name, "", datetime.combine(on, time(), tzinfo=zone), row_id)
        for program_id, row_id, name, on in day.session.execute(query)
        if on is not None
    ]


def _partners(query: Any) -> Any:
    return (
        query.join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
    )
