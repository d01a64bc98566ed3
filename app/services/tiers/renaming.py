"""A renamed tier: whatever says its name says the new one, so that nobody falls out of their tier."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import Broadcast, CadenceRule, OnboardingTemplate, Partnership, Resource
from app.models.tier import Tier
from app.models.view import SavedView
from app.queries.keeping_touch import tier_key


def carry_name(session: Session, tier: Tier, *, before: tuple[str, str]) -> None:
    """Write a tier's new name wherever the old one stands; `before` are name and key as they were."""
    old, key = before
    if (old, key) == (tier.name, tier.key):
        return
    partners = update(Partnership).where(Partnership.program_id == tier.program_id, Partnership.tier == old)
    templates = update(OnboardingTemplate).where(
        OnboardingTemplate.program_id == tier.program_id, OnboardingTemplate.tier == old
    )
    for named in (partners, templates):
        session.execute(named.values(tier=tier.name))
    rules = update(CadenceRule).where(CadenceRule.program_id == tier.program_id, CadenceRule.tier == key)
    session.execute(rules.values(tier=tier.key))
    for resource in session.scalars(select(Resource).where(Resource.program_id == tier.program_id)):
        resource.tiers = _renamed(resource.tiers, key, tier.name)
    for view in session.scalars(select(SavedView).where(SavedView.program_id == tier.program_id)):
        if "tier" in view.query:
            view.query = view.query | {"tier": _renamed(view.query["tier"], key, tier.name)}
    # What went out says what was chosen then; drafts are still to find their partners.
    drafts = select(Broadcast).where(Broadcast.program_id == tier.program_id, Broadcast.sent_at.is_(None))
    for draft in session.scalars(drafts):
        draft.segment = draft.segment | {"tiers": _renamed(draft.segment.get("tiers", []), key, tier.name)}


def _renamed(names: list[str], key: str, name: str) -> list[str]:
    return [name if tier_key(each) == key else each for each in names]
