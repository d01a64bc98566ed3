"""The prospect page: who it is, where it stands and how it came there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, FitProfile, FitScore, FitState, Membership, Prospect, Stage, StageChange, User
from app.models.stage import MoveEvent
from app.queries.breakdown import ScoreBreakdown, break_down, stored_score
from app.queries.links import outside_link


@dataclass(frozen=True, slots=True, kw_only=True)
class ProspectHeader:
    """A prospect with its company and owner; `version` guards forms against a faster colleague."""

    id: int
    program_id: int
    company_id: int
    version: int
    name: str
    domain: str
    website: str | None
    country: str | None
    language: str | None
    read_at: datetime | None
    stage: Stage
    stage_since_at: datetime
    rank: str
    owner_id: int | None
    owner_name: str | None
    source: str
    extra: Mapping[str, str]
    wake_up_on: date | None
    fit_state: FitState
    fit_score: float | None
    fit_error: str
    created_at: datetime

    @property
    def days_in_stage(self) -> int:
        """Whole days since the prospect entered its stage."""
        return max(0, (now() - self.stage_since_at).days)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone a prospect can be given to."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStep:
    """One row of the stage history; `is_undone` where a later change took it back."""

    id: int
    from_stage: Stage | None
    to_stage: Stage
    event: MoveEvent
    by: str | None
    reason: str
    at: datetime
    is_undone: bool
    can_undo: bool


def prospect_header(session: Session, prospect_id: int) -> ProspectHeader:
    """Return the header of a prospect that access has already been checked for, in one query."""
    prospect, company, owner_name = session.execute(
        select(Prospect, Company, User.name)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(User, User.id == Prospect.owner_id)
        .where(Prospect.id == prospect_id)
    ).one()
    return ProspectHeader(
        id=prospect.id,
        program_id=prospect.program_id,
        company_id=company.id,
        version=prospect.version,
        name=company.name,
        domain=company.domain,
        website=outside_link(company.website),
        country=company.country,
        language=company.language,
        read_at=company.read_at,
        stage=prospect.stage,
        stage_since_at=prospect.stage_since_at,
        rank=prospect.rank,
        owner_id=prospect.owner_id,
        owner_name=owner_name,
        source=prospect.source,
        extra=prospect.extra,
        wake_up_on=prospect.wake_up_on,
        fit_state=prospect.fit_state,
        fit_score=prospect.fit_score,
        fit_error=prospect.fit_error,
        created_at=prospect.created_at,
    )


def possible_owners(session: Session, program_id: int) -> list[Person]:
    """Return the program's active members by name."""
    rows = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.program_id == program_id, User.is_active)
        .order_by(User.name, User.id)
    )
    return [Person(row.id, row.name) for row in rows]


def newest_score(session: Session, prospect_id: int, *, page_ids: Mapping[str, int]) -> ScoreBreakdown | None:
    """Return the newest computed score broken down for display, or None where none was ever computed."""
    row = session.execute(
        select(FitScore, FitProfile.version)
        .join(FitProfile, FitProfile.id == FitScore.profile_id)
        .where(FitScore.prospect_id == prospect_id)
        .order_by(FitScore.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    score, version = row
    return break_down(stored_score(score, profile_version=version), page_ids=page_ids)


def stage_history(session: Session, prospect_id: int) -> list[StageStep]:
    """Return every move, newest first. Only the last one can be undone, and an undo itself cannot."""
    rows = session.execute(
        select(StageChange, User.name)
        .outerjoin(User, User.id == StageChange.by_user_id)
        .where(StageChange.prospect_id == prospect_id)
        .order_by(StageChange.id.desc())
    )
    changes = list(rows)
    undone = {change.undoes_id for change, _ in changes}
    return [
        StageStep(
            id=change.id,
            from_stage=change.from_stage,
            to_stage=change.to_stage,
            event=change.event,
            by=name,
            reason=change.reason,
            at=change.at,
            is_undone=change.id in undone,
            can_undo=number == 0 and change.undoes_id is None and change.from_stage is not None,
        )
        for number, (change, name) in enumerate(changes)
    ]
