"""The hand-over from whoever won a partner to whoever looks after them, with what was promised."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import (
    Activity,
    ActivityKind,
    OnboardingPlan,
    OnboardingTemplate,
    Partnership,
    PlanEventKind,
    TaskState,
    User,
)
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.notifying.occasions import partner_given
from app.services.onboarding.events import Doer, record_plan_event
from app.services.onboarding.giving import hand_over_task
from app.services.onboarding.staff_mails import mail_hand_over
from app.services.onboarding.starting import give_tier
from app.services.onboarding.templates import works_in
from app.services.plain_text import clean_text
from app.services.tasks import complete_task, task_of_origin
from app.services.tiers.records import take_tier

MAX_PROMISED = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Who looks after a partner from now on (None: nobody yet), their tier, and what was promised to them."""

    account_manager_id: int | None
    tier: str = ""
    promised: str = ""


def hand_over(
    session: Session, partnership: Partnership, wanted: HandOver, *, actor: User
) -> OnboardingTemplate | None:
    """Hand a partner over, or change what was said when they were. Raises InvalidInput.

    Returns the template that their plan was started anew with, where a new tier made it.
    """
    promised = clean_text(wanted.promised)
    problems: dict[str, str] = {}
    to = session.get(User, wanted.account_manager_id) if wanted.account_manager_id is not None else None
    if wanted.account_manager_id is not None and not works_in(session, partnership.program_id, to):
        problems["account_manager_id"] = _("Choose somebody who works in this program.")
    tier = take_tier(session, partnership.program_id, wanted.tier, problems, held=partnership.tier)
    if len(promised) > MAX_PROMISED:
        problems["promised"] = _("At most %(most)s characters.", most=f"{MAX_PROMISED:,}")
    if problems:
        raise InvalidInput(problems)
    is_given = partnership.account_manager_id != wanted.account_manager_id
    is_new = (partnership.account_manager_id, partnership.promised) != (wanted.account_manager_id, promised)
    partnership.account_manager_id, partnership.promised = wanted.account_manager_id, promised
    begun_with = give_tier(session, partnership, tier, by_user_id=actor.id)
    partnership.handed_over_at = now()
    if is_new:
        _tell(session, partnership, to, actor)
    if is_given:
        partner_given(session, partnership, actor_id=actor.id)
    task = task_of_origin(session, hand_over_task(partnership))
    if task is not None and task.state is TaskState.OPEN:
        complete_task(session, task, actor=actor)
    record_audit(
        session,
        "partnership.handed_over",
        subject=f"partnership:{partnership.id}",
        actor_id=actor.id,
        program_id=partnership.program_id,
        details={"account_manager_id": partnership.account_manager_id, "tier": partnership.tier}
        | ({"template": begun_with.name} if begun_with else {}),
    )
    return begun_with


def _tell(session: Session, partnership: Partnership, to: User | None, actor: User) -> None:
    whom = to.name if to else "nobody yet"
    body = f"Handed over to {whom}.\n{partnership.promised}".strip()
    session.add(Activity(prospect_id=partnership.prospect_id, kind=ActivityKind.NOTE, body=body, author_id=actor.id))
    plan = session.scalar(select(OnboardingPlan).where(OnboardingPlan.partnership_id == partnership.id))
    if plan is not None:
        record_plan_event(session, plan, PlanEventKind.HANDED_OVER, Doer(actor.id), text=whom)
    if to is not None and to.id != actor.id:
        mail_hand_over(session, partnership, to)
