"""Tiers of a program, for tests."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.clock import today
from app.models import PartnerResult, Partnership, Program, ResultSource
from app.models.tier import Tier
from app.queries.keeping_touch import tier_key


def make_tiers(session: Session, program: Program, *names: str, **values: Any) -> list[Tier]:
    """Add tiers given by hand, the first where partners begin; `values` change all of them."""
    tiers = [
        Tier(**{"program_id": program.id, "name": name, "key": tier_key(name), "position": place} | values)
        for place, name in enumerate(names, start=1)
    ]
    session.add_all(tiers)
    session.flush()
    return tiers


def make_result(session: Session, partnership: Partnership, **values: Any) -> PartnerResult:
    """Add what a partner brought this month."""
    row = PartnerResult(
        **{
            "program_id": partnership.program_id,
            "partnership_id": partnership.id,
            "month": today().replace(day=1),
            "source": ResultSource.HAND,
        }
        | values
    )
    session.add(row)
    session.flush()
    return row


def insert_qualifying(session: Session, program: Program, many: int) -> None:
    """Add three tiers, and three months of results for partners numbered from 1, some of whom may rise."""
    for tier, least in zip(make_tiers(session, program, "Silver", "Gold", "Ruby"), (5, 40, 9_999), strict=True):
        tier.least_leads = least
    months = [(today().replace(day=1) - timedelta(days=28 * back)).replace(day=1) for back in range(3)]
    usual = {"program_id": program.id, "source": ResultSource.HAND}
    rows = [
        usual | {"partnership_id": number, "month": month, "leads": number % 50}
        for number in range(1, many + 1)
        for month in months
    ]
    session.execute(insert(PartnerResult), rows)
