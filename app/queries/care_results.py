"""What partners brought: one partner's months with totals, and the partners of a program side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.clock import today
from app.languages import SOURCE, current_language, money, month_words
from app.languages import gettext as _
from app.models import Company, PartnerPerson, PartnerResult, Partnership, Prospect, ResultSource, RevenueBand, User
from app.queries.onboarding import SCREEN

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """One month of a partner. `share` is its revenue as hundredths of the best month in its currency."""

    id: int
    month: date
    amount_cents: int | None
    band: RevenueBand | None
    currency: str
    leads: int | None
    note: str
    source: ResultSource
    who: str
    updated_at: datetime
    share: int = 0

    @property
    def month_text(self) -> str:
        """Return the month as people read it: `Mar 2026`."""
        return f"{self.month:%b %Y}" if current_language() == SOURCE else month_words(self.month)

    @property
    def revenue_text(self) -> str:
        """Return the amount, or the words of its band; "" for neither."""
        return _revenue_text(self.amount_cents, self.band, self.currency)


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of amounts in one currency; `is_at_least` where months with a band alone count with its lower end."""

    currency: str
    cents: int
    is_at_least: bool

    @property
    def text(self) -> str:
        """Return the sum as people read it."""
        amount = money(self.cents, self.currency)
        return _("at least %(amount)s", amount=amount) if self.is_at_least else amount


@dataclass(frozen=True, slots=True)
class PartnerResults:
    """A partner's months, the newest first, and the totals of those shown; `older_than` asks for the months before."""

    lines: tuple[ResultLine, ...]
    totals: tuple[Total, ...]
    leads: int
    older_than: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPartner:
    """One partner's last twelve months; `share` is their revenue as hundredths of the best on the screen."""

    partnership_id: int
    company: str
    tier: str
    totals: tuple[Total, ...]
    leads: int
    months: int
    share: int


@dataclass(frozen=True, slots=True)
class ProgramResults:
    """The partners of a program by what they brought in the last twelve months, and the sums of all of them."""

    partners: tuple[ResultPartner, ...]
    totals: tuple[Total, ...]
    leads: int
    since: date
    next_from: int | None


def partner_results(session: Session, partnership_id: int, *, before: date | None = None) -> PartnerResults:
    """Return twelve months of a partner that have something to say, before a month or the newest ones."""
    query = (
        select(PartnerResult, User.name, PartnerPerson.name)
        .outerjoin(User, User.id == PartnerResult.user_id)
        .outerjoin(PartnerPerson, PartnerPerson.id == PartnerResult.person_id)
        .where(PartnerResult.partnership_id == partnership_id)
    )
    if before is not None:
        query = query.where(PartnerResult.month < before)
    rows = session.execute(query.order_by(PartnerResult.month.desc()).limit(MONTHS + 1)).all()
    shown = rows[:MONTHS]
    best: dict[str, int] = {}
    for row, *_rest in shown:
        best[row.currency] = max(best.get(row.currency, 0), _cents(row.amount_cents, row.band))
    lines = tuple(
        ResultLine(
            id=row.id,
            month=row.month,
            amount_cents=row.amount_cents,
            band=row.band,
            currency=row.currency,
            leads=row.leads,
            note=row.note,
            source=row.source,
            who=user or person or "",
            updated_at=row.updated_at,
            share=_share(_cents(row.amount_cents, row.band), best[row.currency]),
        )
        for row, user, person in shown
    )
    totals = _totals((line.currency, line.amount_cents, line.band, 1) for line in lines)
    older = shown[-1][0].month if len(rows) > MONTHS else None
    return PartnerResults(lines, totals, sum(line.leads or 0 for line in lines), older)


def program_results(session: Session, program_id: int, *, start: int = 0) -> ProgramResults:
    """Return a program's partners by revenue, then leads, over twelve months; three queries."""
    # The first of the twelve months that end with this one.
    year, month = divmod(today().year * 12 + today().month - MONTHS, 12)
    since = date(year, month + 1, 1)
    at_least = case(
        *((PartnerResult.band == band, band.at_least_cents) for band in RevenueBand),
        else_=func.coalesce(PartnerResult.amount_cents, 0),
    )
    revenue, leads = func.sum(at_least), func.sum(func.coalesce(PartnerResult.leads, 0))
    is_recent = and_(PartnerResult.program_id == program_id, PartnerResult.month >= since)
    rows = session.execute(
        select(Partnership.id, Company.name, Partnership.tier, leads, func.count(), revenue)
        .join(PartnerResult, PartnerResult.partnership_id == Partnership.id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(is_recent)
        .group_by(Partnership.id, Company.name, Partnership.tier)
        .order_by(revenue.desc(), leads.desc(), Company.name)
        .offset(start)
        .limit(SCREEN + 1)
    ).all()
    shown = rows[:SCREEN]
    kinds = select(
        PartnerResult.partnership_id, PartnerResult.currency, PartnerResult.band, func.sum(PartnerResult.amount_cents),
        func.count(),
    )  # fmt: skip
    parts = session.execute(
        kinds.where(is_recent, PartnerResult.partnership_id.in_([row[0] for row in shown])).group_by(
            PartnerResult.partnership_id, PartnerResult.currency, PartnerResult.band
        )
    ).all()
    everything = session.execute(
        select(
            PartnerResult.currency, PartnerResult.band, func.sum(PartnerResult.amount_cents), func.count(),
            func.sum(PartnerResult.leads),
        ).where(is_recent).group_by(PartnerResult.currency, PartnerResult.band)
    ).all()  # fmt: skip
    best = max((int(row[5] or 0) for row in shown), default=0)
    return ProgramResults(
        partners=tuple(
            ResultPartner(
                partnership_id=row[0],
                company=row[1],
                tier=row[2],
                totals=_totals((part[1], part[3], part[2], part[4]) for part in parts if part[0] == row[0]),
                leads=int(row[3] or 0),
                months=row[4],
                share=_share(int(row[5] or 0), best),
            )
            for row in shown
        ),
        totals=_totals((row[0], row[2], row[1], row[3]) for row in everything),
        leads=sum(int(row[4] or 0) for row in everything),
        since=since,
        next_from=start + SCREEN if len(rows) > SCREEN else None,
    )


def _totals(parts: Iterable[tuple[str, int | None, RevenueBand | None, int]]) -> tuple[Total, ...]:
    """Add up parts of currency, hundredths, band and how many months are in that band."""
    cents: dict[str, int] = {}
    rough: set[str] = set()
    for currency, amount, band, count in parts:
        if amount is None and band is None:
            continue
        cents[currency] = cents.get(currency, 0) + int(amount or 0) + (band.at_least_cents * count if band else 0)
        if band is not None and band is not RevenueBand.NONE:
            rough.add(currency)
    return tuple(Total(currency, cents[currency], currency in rough) for currency in sorted(cents))


def _cents(amount_cents: int | None, band: RevenueBand | None) -> int:
    return amount_cents if amount_cents is not None else band.at_least_cents if band is not None else 0


def _share(cents: int, best: int) -> int:
    return round(100 * cents / best) if best else 0


def _revenue_text(amount_cents: int | None, band: RevenueBand | None, currency: str) -> str:
    if amount_cents is not None:
        return money(amount_cents, currency)
    return f"{_(band.label)} {currency}" if band is not None else ""
