"""What partners who moved bring since, beside what the import said of them before: one row each, two statements."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, extract, func, select
from sqlalchemy.orm import Session

from app.models import Company, PartnerResult, Partnership, Prospect, RevenueBand
from app.models.wave import MigrationPlan, ValueBasis, WavePartner, WaveStatus
from app.queries.wave_bands import band_of, value_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A partner who moved. Revenue in hundredths of the plan's currency; None where nobody said any.

    `months` are those reported since the move, `others` those of them whose revenue is in another currency.
    """

    program_id: int
    wave_id: int | None
    company: str
    band: str
    revenue_before: int | None
    leads_before: int | None
    months: int
    others: int
    revenue_since: int | None
    leads_since: int | None


def plans_of(session: Session, program_ids: list[int]) -> dict[int, MigrationPlan]:
    """Return the plan of each program; the usual values where nobody wrote one, as the migration's own pages have."""
    known = {
        plan.program_id: plan
        for plan in session.scalars(select(MigrationPlan).where(MigrationPlan.program_id.in_(program_ids)))
    }
    usual = {"basis": ValueBasis.REVENUE, "currency": "EUR", "thresholds": [10_000, 1_000]}
    return {each: known.get(each) or MigrationPlan(program_id=each, **usual) for each in program_ids}


def moved_partners(
    session: Session, plans: dict[int, MigrationPlan], conditions: list[ColumnElement[bool]]
) -> list[Moved]:
    """Return the partners who moved and pass the conditions on WavePartner, those worth most before first."""
    is_in_currency = case(
        *((and_(WavePartner.program_id == each, PartnerResult.currency == plan.currency), 1)
          for each, plan in plans.items()), else_=0,
    )  # fmt: skip
    bands = ((PartnerResult.band == band, band.at_least_cents) for band in RevenueBand)
    cents = func.coalesce(PartnerResult.amount_cents, case(*bands, else_=None))
    has_revenue = cents.is_not(None)
    since = (
        select(
            WavePartner.id,
            func.count().label("months"),
            func.sum(case((and_(has_revenue, is_in_currency == 0), 1), else_=0)).label("others"),
            func.sum(case((is_in_currency == 1, cents), else_=None)).label("revenue"),
            func.sum(PartnerResult.leads).label("leads"),
        )
        .join(Partnership, Partnership.prospect_id == WavePartner.prospect_id)
        .join(PartnerResult, PartnerResult.partnership_id == Partnership.id)
        .where(WavePartner.status == WaveStatus.MOVED, _month(PartnerResult.month) >= _month(WavePartner.status_at))
        .group_by(WavePartner.id)
        .subquery()
    )
    rows = session.execute(
        select(
            WavePartner.program_id,
            WavePartner.wave_id,
            Company.name,
            WavePartner.revenue_cents,
            WavePartner.leads,
            func.coalesce(since.c.months, 0),
            func.coalesce(since.c.others, 0),
            since.c.revenue,
            since.c.leads,
        )
        .join(Prospect, Prospect.id == WavePartner.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(since, since.c.id == WavePartner.id)
        .where(WavePartner.status == WaveStatus.MOVED, *conditions)
        .order_by(func.coalesce(WavePartner.revenue_cents, 0).desc(), Company.name)
    ).all()
    return [
        Moved(
            program_id=row[0],
            wave_id=row[1],
            company=row[2],
            band=band_of(plans[row[0]], value_of(plans[row[0]], revenue_cents=row[3], leads=row[4])),
            revenue_before=row[3],
            leads_before=row[4],
            months=row[5],
            others=row[6],
            revenue_since=None if row[7] is None else int(row[7]),
            leads_since=None if row[8] is None else int(row[8]),
        )
        for row in rows
    ]


def _month(column: object) -> ColumnElement[int]:
    """Return a day's month as a number that grows with time, the same on both databases."""
    return extract("year", column) * 12 + extract("month", column)  # type: ignore[arg-type]
