"""Decisions as labels: the newest one of each prospect that was not taken back, with what was decided and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Adoption,
    Backtest,
    Company,
    Decision,
    DecisionOutcome,
    FitProfile,
    FitState,
    Prospect,
    StageChange,
    User,
)

MOST_DECISIONS = 3_000
MOST_BYSTANDERS = 600
SHOWN_BACKTESTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LabeledProspect:
    """A prospect that was decided about."""

    decision_id: int
    prospect_id: int
    company_id: int
    name: str
    domain: str
    approved: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBacktest:
    """A backtest with who asked for it and the profile version it was made on."""

    backtest: Backtest
    by: str | None
    profile_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAdoption:
    """Learned weights that were put in force, and by whom."""

    adoption: Adoption
    by: str | None
    withdrawn_by: str | None


def labeled_prospects(session: Session, program_id: int) -> list[LabeledProspect]:
    """Return the newest MOST_DECISIONS decided prospects of a program, oldest decision first."""
    undone = select(StageChange.undoes_id).where(StageChange.undoes_id.is_not(None))
    rows = session.execute(
        select(Decision, Prospect.company_id, Company.name, Company.domain)
        .join(Prospect, Prospect.id == Decision.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program_id, Decision.stage_change_id.not_in(undone))
        .order_by(Decision.at.desc(), Decision.id.desc())
    )
    newest: dict[int, LabeledProspect] = {}
    for decision, company_id, name, domain in rows:
        newest.setdefault(
            decision.prospect_id,
            LabeledProspect(
                decision_id=decision.id,
                prospect_id=decision.prospect_id,
                company_id=company_id,
                name=name,
                domain=domain,
                approved=decision.outcome is DecisionOutcome.APPROVE,
                decided_at=decision.at,
            ),
        )
        if len(newest) == MOST_DECISIONS:
            break
    return list(reversed(newest.values()))


def bystanders(session: Session, program_id: int, *, decided: set[int]) -> list[int]:
    """Return the companies of scored prospects nobody decided about, evenly picked, at most MOST_BYSTANDERS."""
    rows = session.scalars(
        select(Prospect.company_id)
        .where(Prospect.program_id == program_id, Prospect.fit_state == FitState.SCORED)
        .order_by(Prospect.id)
    ).all()
    others = [company_id for company_id in rows if company_id not in decided]
    return others[:: max(1, -(-len(others) // MOST_BYSTANDERS))]


def newest_backtests(session: Session, program_id: int) -> list[ShownBacktest]:
    """Return the newest backtests of a program, newest first."""
    rows = session.execute(
        select(Backtest, User.name, FitProfile.version)
        .outerjoin(User, User.id == Backtest.requested_by_id)
        .outerjoin(FitProfile, FitProfile.id == Backtest.profile_id)
        .where(Backtest.program_id == program_id)
        .order_by(Backtest.id.desc())
        .limit(SHOWN_BACKTESTS)
    )
    return [ShownBacktest(backtest=row, by=name, profile_version=version) for row, name, version in rows]


def adoptions(session: Session, program_id: int) -> list[ShownAdoption]:
    """Return every adoption of a program, newest first."""
    by = select(User.name).where(User.id == Adoption.adopted_by_id).scalar_subquery()
    withdrawn_by = select(User.name).where(User.id == Adoption.withdrawn_by_id).scalar_subquery()
    rows = session.execute(
        select(Adoption, by, withdrawn_by).where(Adoption.program_id == program_id).order_by(Adoption.id.desc())
    )
    return [ShownAdoption(adoption=row, by=name, withdrawn_by=other) for row, name, other in rows]
