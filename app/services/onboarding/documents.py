"""Getting at a document again: only through the partnership it belongs to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import OnboardingAction, OnboardingDocument, OnboardingPlan, Partnership
from app.services.errors import NotFound
from app.services.languages import gettext as _


def document_in(session: Session, partnership: Partnership, document_id: int) -> OnboardingDocument:
    """Return a document of this partner. Raises NotFound, for those of others too."""
    found = session.scalar(
        select(OnboardingDocument)
        .join(OnboardingAction, OnboardingAction.id == OnboardingDocument.action_id)
        .join(OnboardingPlan, OnboardingPlan.id == OnboardingAction.plan_id)
        .where(OnboardingDocument.id == document_id, OnboardingPlan.partnership_id == partnership.id)
    )
    if found is None:
        raise NotFound(_("There is no such document here."))
    return found


def action_in(session: Session, partnership: Partnership, action_id: int) -> OnboardingAction:
    """Return an action of this partner's plan, for reading. Raises NotFound, for those of others too."""
    found = session.scalar(
        select(OnboardingAction)
        .join(OnboardingPlan, OnboardingPlan.id == OnboardingAction.plan_id)
        .where(OnboardingAction.id == action_id, OnboardingPlan.partnership_id == partnership.id)
    )
    if found is None:
        raise NotFound(_("There is no such step in this onboarding."))
    return found
