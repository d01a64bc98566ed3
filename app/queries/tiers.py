"""The tiers that a program speaks of: of its partners, and of its onboarding templates."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import OnboardingTemplate, Partnership
from app.queries.keeping_touch import tier_key


def known_tiers(session: Session, program_id: int) -> list[str]:
    """Return the tiers known so far, by name, each once: as a template in force writes it, else as a partner's does."""
    in_force = (OnboardingTemplate.program_id == program_id, OnboardingTemplate.archived_at.is_(None))
    found: dict[str, str] = {}
    for tiers in (
        select(OnboardingTemplate.tier).where(*in_force, OnboardingTemplate.tier != "").distinct(),
        select(Partnership.tier).where(Partnership.program_id == program_id, Partnership.tier != "").distinct(),
    ):
        for tier in sorted(session.scalars(tiers)):
            found.setdefault(tier_key(tier), tier)
    return [found[key] for key in sorted(found)]
