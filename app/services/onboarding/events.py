"""The history of a plan: what happened, to which action, by whom of which side."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import OnboardingAction, OnboardingPlan, PlanEvent, PlanEventKind
from app.services.audit import record_audit


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something in a plan: one of us, somebody of the partner, or (neither) the product."""

    user_id: int | None = None
    person_id: int | None = None


def record_plan_event(
    session: Session, plan: OnboardingPlan, kind: PlanEventKind, by: Doer = Doer(), *, text: str = ""
) -> None:
    """Write down what happened to the plan as a whole, for its history and the audit log."""
    _write(session, plan, PlanEvent(kind=kind, text=text[:4_000]), by)


def record_action_event(
    session: Session, plan: OnboardingPlan, action: OnboardingAction, kind: PlanEventKind, by: Doer, *, text: str = ""
) -> None:
    """Write down what happened to an action, and count its version up so that a stale form is noticed."""
    action.version += 1
    _write(session, plan, PlanEvent(kind=kind, text=text[:4_000], action_id=action.id), by)


def _write(session: Session, plan: OnboardingPlan, event: PlanEvent, by: Doer) -> None:
    event.plan_id, event.user_id, event.person_id = plan.id, by.user_id, by.person_id
    session.add(event)
    session.flush()
    record_audit(
        session,
        f"onboarding.{event.kind.value}",
        subject=f"onboarding_plan:{plan.id}",
        actor_id=by.user_id,
        program_id=plan.program_id,
        details={"action_id": event.action_id, "person_id": by.person_id},
    )
