"""What partners' results come to in the months a tier looks at, and whom they lead into a higher one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.clock import today
from app.models import Company, PartnerResult, Partnership, Prospect, RevenueBand, User
from app.models.stage import PARTNER_STAGES
from app.models.tier import Tier
from app.queries.keeping_touch import tier_key
from app.queries.tiers import tier_named, tiers_of


@dataclass(frozen=True, slots=True)
class Reached:
    """What results come to since a month: hundredths in the tier's currency, a band by its lower end, and leads."""

    since: date
    cents: int = 0
    leads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualified:
    """A partner whose results lead into a higher tier than theirs."""

    partnership_id: int
    company: str
    manager: str | None
    tier: Tier
    reached: Reached


def is_by_hand(tier: Tier) -> bool:
    """Say whether no results lead into a tier."""
    return tier.least_cents is None and tier.least_leads is None


def is_described(tier: Tier) -> bool:
    """Say whether anything was said of a tier; one that has but a name is for staff alone."""
    return bool(tier.commission or tier.benefits) or not is_by_hand(tier)


def is_reached(tier: Tier, reached: Reached) -> bool:
    """Say whether results are what a tier asks for; one that is given by hand is never reached by them."""
    asked = [
        has >= least for has, least in ((reached.cents, tier.least_cents), (reached.leads, tier.least_leads)) if least
    ]
    return bool(asked) and (any(asked) if tier.is_either else all(asked))


def first_month(tier: Tier) -> date:
    """Return the first of the months that a tier looks at; the last of them is this one."""
    year, month = divmod(today().year * 12 + today().month - tier.months, 12)
    return date(year, month + 1, 1)


def reached_by(session: Session, partnership_id: int, tier: Tier) -> Reached:
    """Return what one partner's results come to in the months that a tier looks at."""
    cents, leads = session.execute(
        select(*_sums(tier)).where(
            PartnerResult.partnership_id == partnership_id, PartnerResult.month >= first_month(tier)
        )
    ).one()
    return Reached(first_month(tier), int(cents or 0), int(leads or 0))


def next_tiers(session: Session, partnership: Partnership) -> list[Tier]:
    """Return the tiers above a partner's of which something was said, the nearest first; for one without, of all."""
    held = tier_named(session, partnership.program_id, partnership.tier) if partnership.tier else None
    above = held.position if held else 0
    return [tier for tier in tiers_of(session, partnership.program_id) if tier.position > above and is_described(tier)]


def qualified_in(
    session: Session, program_id: int, *, user_id: int | None = None, partnership_id: int | None = None
) -> tuple[Qualified, ...]:
    """Return the partners in force whose results lead into a higher tier than theirs, by name, each with the highest.

    Of those one person looks after, or of one partner, where said. One statement for each tier with a rule.
    """
    tiers = tiers_of(session, program_id)
    places = {tier.key: tier.position for tier in [*tiers, *tiers_of(session, program_id, retired=True)]}
    found: dict[int, Qualified] = {}
    for tier in reversed(tiers):
        if is_by_hand(tier):
            continue
        cents, leads = _sums(tier)
        query = (
            select(Partnership.id, Company.name, User.name, Partnership.tier, cents, leads)
            .join(PartnerResult, PartnerResult.partnership_id == Partnership.id)
            .join(Prospect, Prospect.id == Partnership.prospect_id)
            .join(Company, Company.id == Prospect.company_id)
            .outerjoin(User, User.id == Partnership.account_manager_id)
            .where(PartnerResult.program_id == program_id, PartnerResult.month >= first_month(tier))
            .where(Prospect.stage.in_(PARTNER_STAGES))
            .group_by(Partnership.id, Company.name, User.name, Partnership.tier)
            .having(_is_enough(tier, cents, leads))
        )
        if user_id is not None:
            query = query.where(Partnership.account_manager_id == user_id)
        if partnership_id is not None:
            query = query.where(Partnership.id == partnership_id)
        for row_id, company, manager, held, revenue, count in session.execute(query):
            if places.get(tier_key(held), 0) < tier.position and row_id not in found:
                found[row_id] = Qualified(
                    partnership_id=row_id,
                    company=company,
                    manager=manager,
                    tier=tier,
                    reached=Reached(first_month(tier), int(revenue or 0), int(count or 0)),
                )
    return tuple(sorted(found.values(), key=lambda each: (each.company.casefold(), each.partnership_id)))


def _sums(tier: Tier) -> tuple[ColumnElement[int], ColumnElement[int]]:
    at_least = case(
        *((PartnerResult.band == band, band.at_least_cents) for band in RevenueBand),
        else_=func.coalesce(PartnerResult.amount_cents, 0),
    )
    in_currency = case((PartnerResult.currency == tier.currency, at_least), else_=0)
    return func.sum(in_currency), func.sum(func.coalesce(PartnerResult.leads, 0))


def _is_enough(tier: Tier, cents: ColumnElement[int], leads: ColumnElement[int]) -> ColumnElement[bool]:
    asked: Sequence[ColumnElement[bool]] = [
        has >= least for has, least in ((cents, tier.least_cents), (leads, tier.least_leads)) if least
    ]
    return or_(*asked) if tier.is_either else and_(*asked)
