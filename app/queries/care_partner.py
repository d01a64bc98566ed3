"""What is done with one partner beside onboarding: work done together, and what waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import OPEN_CASE_STATES, CaseState, ComplianceCase, JointActivity, Partnership, ProgramTerms
from app.queries.onboarding import SCREEN


def joint_activities(session: Session, partnership_id: int) -> Sequence[JointActivity]:
    """Return what a partner and we do together: planned first, the nearest on top, then the newest; SCREEN at most."""
    is_over = JointActivity.done_on.is_not(None) | JointActivity.canceled_at.is_not(None)
    return session.scalars(
        select(JointActivity)
        .where(JointActivity.partnership_id == partnership_id)
        .order_by(is_over, JointActivity.planned_on, JointActivity.id)
        .limit(SCREEN)
    ).all()


def open_case_count(session: Session, partnership_id: int) -> int:
    """Return how many cases of a partner are open."""
    query = select(func.count()).where(
        ComplianceCase.partnership_id == partnership_id, ComplianceCase.state.in_(OPEN_CASE_STATES)
    )
    return session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class WaitingForPartner:
    """What a partner finds on top of their page: a newer version of the terms (0: none), and open requests of ours."""

    terms_version: int
    requests: int


def waiting_for_partner(session: Session, partnership: Partnership) -> WaitingForPartner:
    """Return what waits for a partner beside their steps; who never accepted terms is asked by a step of onboarding."""
    newest = (
        select(ProgramTerms.id, ProgramTerms.version)
        .where(ProgramTerms.program_id == partnership.program_id)
        .order_by(ProgramTerms.version.desc())
        .limit(1)
    )
    terms = session.execute(newest).first()
    is_newer = terms is not None and partnership.terms_id is not None and terms.id != partnership.terms_id
    asked = select(func.count()).where(
        ComplianceCase.partnership_id == partnership.id, ComplianceCase.state == CaseState.NOTIFIED
    )
    return WaitingForPartner(terms.version if terms and is_newer else 0, session.scalar(asked) or 0)
