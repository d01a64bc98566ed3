"""What follows when an action is over: the ones behind it open, and the prospect moves on by itself."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    CLOSED_ACTION_STATES,
    ActionState,
    MoveEvent,
    OnboardingAction,
    OnboardingPlan,
    Partnership,
    PlanEventKind,
    Prospect,
    Stage,
)
from app.services.errors import Conflict, NotFound
from app.services.languages import gettext as _
from app.services.moves import move_prospect
from app.services.onboarding.events import Doer, record_plan_event
from app.services.onboarding.mails import mail_person
from app.services.onboarding.people import people_of
from app.services.onboarding.starting import open_action, plan_of


def locked_action(
    session: Session, partnership: Partnership, action_id: int, *, version: int | None = None
) -> tuple[OnboardingPlan, OnboardingAction]:
    """Return an action of this partner's plan with the plan held, so that two people act one after the other.

    Raises NotFound for one of another partner, and Conflict where it is not the version that was seen.
    """
    plan = plan_of(session, partnership.id, lock=True)
    action = session.get(OnboardingAction, action_id, populate_existing=True)
    if plan is None or action is None or action.plan_id != plan.id:
        raise NotFound(_("There is no such step in this onboarding."))
    if version is not None and version != action.version:
        why = _(
            "“%(title)s” was changed while you looked at it: it is “%(state)s” now, and nothing of yours was written. "
            "Look at it again.",
            title=action.title,
            state=_(action.state.label),
        )
        raise Conflict(why)
    return plan, action


def close_action(session: Session, action: OnboardingAction, state: ActionState) -> None:
    """Put an action behind us, done or skipped, and open what waited for it."""
    action.state = state
    action.done_at = now()
    waiting = select(OnboardingAction).where(
        OnboardingAction.depends_on_id == action.id, OnboardingAction.opened_at.is_(None)
    )
    for following in session.scalars(waiting):
        open_action(following)


def settle(session: Session, plan: OnboardingPlan, by: Doer) -> None:
    """Note that something was done, and move the prospect: to Onboarding with the first step, to Active with the last.

    A prospect that somebody moved elsewhere by hand is left where it is.
    """
    plan.progressed_at = now()
    plan.stuck_at = now() + timedelta(days=plan.stuck_days)
    plan.stuck_told_at = None
    session.flush()
    partnership = session.get_one(Partnership, plan.partnership_id)
    prospect = session.get_one(Prospect, partnership.prospect_id)
    if prospect.stage is Stage.APPROVED:
        _move(session, prospect, Stage.ONBOARDING, MoveEvent.ONBOARDING_STARTED, by)
    if _is_anything_required_left(session, plan):
        plan.done_at = None
        return
    if plan.done_at is None:
        _complete(session, plan, by)
    if prospect.stage is Stage.ONBOARDING:
        _move(session, prospect, Stage.ACTIVE, MoveEvent.ONBOARDING_DONE, by)


def settle_forgotten(session: Session, *, limit: int = 100) -> int:
    """Complete plans in which nothing required is left though nobody did the last step; returns how many.

    Such is a plan whose only step was done with the application.
    """
    required_left = (
        select(OnboardingAction.id)
        .where(OnboardingAction.plan_id == OnboardingPlan.id, OnboardingAction.is_required)
        .where(OnboardingAction.state.not_in(CLOSED_ACTION_STATES))
        .exists()
    )
    forgotten = session.scalars(
        select(OnboardingPlan)
        .join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .where(OnboardingPlan.done_at.is_(None), ~required_left)
        .where(Prospect.stage.in_((Stage.APPROVED, Stage.ONBOARDING)))
        .limit(limit)
        .with_for_update(skip_locked=True, of=OnboardingPlan)
    ).all()
    for plan in forgotten:
        settle(session, plan, Doer())
    return len(forgotten)


def _complete(session: Session, plan: OnboardingPlan, by: Doer) -> None:
    plan.done_at = now()
    record_plan_event(session, plan, PlanEventKind.COMPLETED, by)
    for person in people_of(session, plan.partnership_id)[:1]:
        mail_person(session, person, "active")


def _is_anything_required_left(session: Session, plan: OnboardingPlan) -> bool:
    left = (
        select(func.count())
        .select_from(OnboardingAction)
        .where(
            OnboardingAction.plan_id == plan.id,
            OnboardingAction.is_required,
            OnboardingAction.state.not_in(CLOSED_ACTION_STATES),
        )
    )
    return bool(session.scalar(left))


def _move(session: Session, prospect: Prospect, stage: Stage, event: MoveEvent, by: Doer) -> None:
    move_prospect(session, prospect, to_stage=stage, event=event, by_user_id=by.user_id, reason="Onboarding")
