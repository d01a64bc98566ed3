"""To whom a new partner is given: the least busy account manager, and a task for the recruiter to hand them over."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Membership, Partnership, Role, User
from app.services.notifying.occasions import partner_given
from app.services.onboarding.mails import company_name
from app.services.onboarding.staff_mails import mail_hand_over
from app.services.tasks import NewTask, open_task, task_of_origin

_HAND_OVER_WITHIN = timedelta(days=1)


def ask_for_hand_over(session: Session, partnership: Partnership) -> None:
    """Tell the account manager about a new partner, and ask the recruiter to say what was promised."""
    partner_given(session, partnership, actor_id=None)
    recruiter = session.get(User, partnership.recruiter_id) if partnership.recruiter_id else None
    manager = session.get(User, partnership.account_manager_id) if partnership.account_manager_id else None
    if manager is not None and (recruiter is None or recruiter.id != manager.id):
        mail_hand_over(session, partnership, manager)
    if recruiter is None or (manager is not None and recruiter.id == manager.id):
        return
    origin = hand_over_task(partnership)
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


def hand_over_task(partnership: Partnership) -> str:
    """Return the origin of the task that asks for the hand-over."""
    return f"partnership:{partnership.id}:hand-over"
