"""The demo's tiers: where agencies begin, and two that their results lead into, the highest with terms of its own."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Program, User
from app.services.tiers.records import TypedTier, TypedTierGoal, add_tier
from app.services.tiers.terms import publish_tier_terms

FIRST, SILVER, GOLD = "Partner", "Silver", "Gold"
_TIERS = (
    TypedTier(name=FIRST, commission="25 % of every subscription", benefits="Free development stores"),
    TypedTier(
        name=SILVER,
        commission="25 % of every subscription",
        benefits="A named contact\nA page in our directory",
        revenue="1000",
        currency="USD",
    ),
    TypedTier(
        name=GOLD,
        commission="30 % of every subscription",
        benefits="Prices for you alone\nAn engineer on call\nYour cases on our home page",
        revenue="5000",
        currency="USD",
        leads="10",
        goals=(TypedTierGoal(kpi="Joint webinars", unit="webinars", target="2", days="180"),),
    ),
)
_TERMS = """You tell us of a shop before you quote, so that nobody else does.

Prices that are for you alone stay with you. If you leave Gold, they end with the month."""


def add_tiers(session: Session, program: Program, *, director: User) -> None:
    """Add the tiers of the program that recruits agencies."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    for typed in _TIERS:
        tier = add_tier(session, program, typed, actor=director)
        if typed.name == GOLD:
            publish_tier_terms(session, tier, _TERMS, base_version=0, actor=director)
