"""What a program has ready for new partners before its page opens."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.models import OnboardingTemplate, Resource, TemplateAction


def has_welcome_pack(session: Session, program_id: int) -> bool:
    """Say whether an onboarding template is in force that has anything to do in it."""
    template = (
        select(OnboardingTemplate.id)
        .join(TemplateAction, TemplateAction.template_id == OnboardingTemplate.id)
        .where(OnboardingTemplate.program_id == program_id, OnboardingTemplate.archived_at.is_(None))
    )
    return bool(session.scalar(select(template.exists())))


def has_resources(session: Session, program_id: int) -> bool:
    """Say whether there is a resource for partners that is not put away."""
    resource = exists().where(Resource.program_id == program_id, Resource.archived_at.is_(None))
    return bool(session.scalar(select(resource)))
