"""The hand-over from whoever won a partner to whoever looks after them, with what was promised."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import (
    Activity,
    ActivityKind,
    Membership,
    OnboardingPlan,
    Partnership,
    PlanEventKind,
    Role,
    TaskState,
    User,
)
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.notifying.occasions import partner_given
from app.services.onboarding.events import Doer, record_plan_event
from app.services.onboarding.mails import company_name
from app.services.onboarding.staff_mails import mail_hand_over
from app.services.onboarding.templates import MAX_TIER, works_in
from app.services.plain_text import clean_line, clean_text
from app.services.tasks import NewTask, complete_task, open_task, task_of_origin

MAX_PROMISED = 4_000
_HAND_OVER_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Who looks after a partner from now on (None: nobody yet), their tier, and what was promised to them."""

    account_manager_id: int | None
    tier: str = ""
    promised: str = ""


def hand_over(session: Session, partnership: Partnership, wanted: HandOver, *, actor: User) -> None:
    """Hand a partner over, or change what was said when they were. Raises InvalidInput."""
    tier, promised = clean_line(wanted.tier), clean_text(wanted.promised)
    problems = {}
    to = session.get(User, wanted.account_manager_id) if wanted.account_manager_id is not None else None
    if wanted.account_manager_id is not None and not works_in(session, partnership.program_id, to):
        problems["account_manager_id"] = _("Choose somebody who works in this program.")
    if len(tier) > MAX_TIER:
        problems["tier"] = _("At most %(most)s characters.", most=MAX_TIER)
    if len(promised) > MAX_PROMISED:
        problems["promised"] = _("At most %(most)s characters.", most=f"{MAX_PROMISED:,}")
    if problems:
        raise InvalidInput(problems)
    is_given = partnership.account_manager_id != wanted.account_manager_id
    is_new = (partnership.account_manager_id, partnership.promised) != (wanted.account_manager_id, promised)
    partnership.account_manager_id, partnership.tier, partnership.promised = wanted.account_manager_id, tier, promised
    partnership.handed_over_at = now()
    if is_new:
        _tell(session, partnership, to, actor)
    if is_given:
        partner_given(session, partnership, actor_id=actor.id)
    task = task_of_origin(session, _origin(partnership))
    if task is not None and task.state is TaskState.OPEN:
        complete_task(session, task, actor=actor)
    record_audit(
        session,
        "partnership.handed_over",
        subject=f"partnership:{partnership.id}",
        actor_id=actor.id,
        program_id=partnership.program_id,
        details={"account_manager_id": partnership.account_manager_id, "tier": partnership.tier},
    )


def _tell(session: Session, partnership: Partnership, to: User | None, actor: User) -> None:
    whom = to.name if to else "nobody yet"
    body = f"Handed over to {whom}.\n{partnership.promised}".strip()
    session.add(Activity(prospect_id=partnership.prospect_id, kind=ActivityKind.NOTE, body=body, author_id=actor.id))
    plan = session.scalar(select(OnboardingPlan).where(OnboardingPlan.partnership_id == partnership.id))
    if plan is not None:
        record_plan_event(session, plan, PlanEventKind.HANDED_OVER, Doer(actor.id), text=whom)
    if to is not None and to.id != actor.id:
        mail_hand_over(session, partnership, to)


def ask_for_hand_over(session: Session, partnership: Partnership) -> None:
    """Tell the account manager about a new partner, and ask the recruiter to say what was promised."""
    partner_given(session, partnership, actor_id=None)
    recruiter = session.get(User, partnership.recruiter_id) if partnership.recruiter_id else None
    manager = session.get(User, partnership.account_manager_id) if partnership.account_manager_id else None
    if manager is not None and (recruiter is None or recruiter.id != manager.id):
        mail_hand_over(session, partnership, manager)
    if recruiter is None or (manager is not None and recruiter.id == manager.id):
        return
    origin = _origin(partnership)
    if task_of_origin(session, origin) is None:
        name = company_name(session, partnership)
        task = NewTask(
            program_id=partnership.program_id,
            prospect_id=partnership.prospect_id,
            title=f"Hand {name} over: say what you promised",
            detail="On their onboarding page, under “Hand-over”.",
            assignee_id=recruiter.id,
            due_at=now() + _HAND_OVER_WITHIN,
            origin=origin,
        )
        open_task(session, task)


def least_busy_account_manager(session: Session, program_id: int) -> int | None:
    """Return the program's account manager with the fewest partners; None where there is none."""
    load = func.count(Partnership.id)
    return session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Partnership, (Partnership.account_manager_id == User.id) & (Partnership.program_id == program_id))
        .where(Membership.program_id == program_id, User.role == Role.ACCOUNT_MANAGER, User.is_active)
        .group_by(User.id)
        .order_by(load, User.id)
        .limit(1)
    )


def _origin(partnership: Partnership) -> str:
    return f"partnership:{partnership.id}:hand-over"
