"""Taking a person out of what was written down while looking after partners: the words go, what happened stays."""

from collections.abc import Callable, Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import CaseStep, ComplianceCase, JointActivity, PartnerResult


def erase_from_care(session: Session, partnership_ids: Collection[int], *, without_words: Callable[[str], str]) -> None:
    """Blot a person's words out of cases, results and outcomes; network addresses of accepted terms are proof and stay.

    Mails that went out name the person's row, which is emptied elsewhere.
    """
    cases = select(ComplianceCase.id).where(ComplianceCase.partnership_id.in_(partnership_ids))
    for step in session.scalars(select(CaseStep).where(CaseStep.case_id.in_(cases))):
        step.text = without_words(step.text)
    for result in session.scalars(select(PartnerResult).where(PartnerResult.partnership_id.in_(partnership_ids))):
        result.note = without_words(result.note)
        result.before = result.before | ({"note": without_words(result.before["note"])} if result.before else {})
    is_theirs = or_(JointActivity.partnership_id.in_(partnership_ids), JointActivity.other_id.in_(partnership_ids))
    for joint in session.scalars(select(JointActivity).where(is_theirs)):
        joint.outcome, joint.title = without_words(joint.outcome), without_words(joint.title)
