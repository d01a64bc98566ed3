"""Tiers of a program, for tests."""

from typing import Any

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
