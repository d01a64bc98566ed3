"""The tiers of a program: in their order, by name, and who or what uses one."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import CadenceRule, Company, OnboardingTemplate, Partnership, Prospect, Resource
from app.models.tier import Tier, TierTerms, TierTermsAcceptance
from app.queries.keeping_touch import tier_key

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TierUses:
    """Who and what a tier is used by: some partners by name and how many there are, titles of the rest."""

    partners: tuple[str, ...]
    partner_count: int
    templates: tuple[str, ...]
    resources: tuple[str, ...]
    has_rule: bool
    acceptances: int

    @property
    def is_used(self) -> bool:
        """Say whether anything would point at nothing without it."""
        return bool(self.partner_count or self.templates or self.resources or self.has_rule or self.acceptances)


def tiers_of(session: Session, program_id: int, *, retired: bool = False) -> list[Tier]:
    """Return a program's tiers in their order, the first where partners begin: those in force, or those retired."""
    has_ended = Tier.retired_at.is_not(None) if retired else Tier.retired_at.is_(None)
    rows = select(Tier).where(Tier.program_id == program_id, has_ended)
    return list(session.scalars(rows.order_by(Tier.position, Tier.id)))


def tier_named(session: Session, program_id: int, name: str) -> Tier | None:
    """Return the tier of a name, a retired one too; “gold” is “Gold”."""
    return session.scalar(select(Tier).where(Tier.program_id == program_id, Tier.key == tier_key(name)))


def known_tiers(session: Session, program_id: int, *, also: str = "") -> list[str]:
    """Return the names of the tiers that can be chosen, in their order, and behind them one that is held already."""
    names = [tier.name for tier in tiers_of(session, program_id)]
    held = tier_named(session, program_id, also) if also else None
    name = held.name if held else also
    return names if not name or name in names else [*names, name]


def tier_uses(session: Session, tier: Tier) -> TierUses:
    """Return who and what uses a tier; a fixed number of statements."""
    of_it = (Partnership.program_id == tier.program_id, Partnership.tier == tier.name)
    partners = session.scalars(
        select(Company.name)
        .join(Prospect, Prospect.company_id == Company.id)
        .join(Partnership, Partnership.prospect_id == Prospect.id)
        .where(*of_it)
        .order_by(Company.name)
        .limit(SHOWN)
    ).all()
    templates = select(OnboardingTemplate.name).where(
        OnboardingTemplate.program_id == tier.program_id, OnboardingTemplate.tier == tier.name
    )
    resources = session.execute(select(Resource.title, Resource.tiers).where(Resource.program_id == tier.program_id))
    rules = select(func.count()).where(CadenceRule.program_id == tier.program_id, CadenceRule.tier == tier.key)
    accepted = (
        select(func.count(TierTermsAcceptance.id))
        .join(TierTerms, TierTerms.id == TierTermsAcceptance.terms_id)
        .where(TierTerms.tier_id == tier.id)
    )
    return TierUses(
        partners=tuple(partners),
        partner_count=session.scalar(select(func.count()).where(*of_it)) or 0,
        templates=tuple(session.scalars(templates.order_by(OnboardingTemplate.name))),
        resources=tuple(title for title, tiers in resources if tier.name in tiers),
        has_rule=bool(session.scalar(rules)),
        acceptances=session.scalar(accepted) or 0,
    )


def partner_counts(session: Session, program_id: int) -> dict[str, int]:
    """Return how many partners each tier has, by its name."""
    rows = select(Partnership.tier, func.count()).where(Partnership.program_id == program_id, Partnership.tier != "")
    return dict(session.execute(rows.group_by(Partnership.tier)).all())
