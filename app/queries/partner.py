"""The head of a partner's page: who they are, who won them and why they were approved, what they accepted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models import Company, Decision, DecisionOutcome, Partnership, ProgramTerms, Prospect, Stage, StageChange, User


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerHeader:
    """A partner as their page shows it; `reasons` and `note` are those of the approval."""

    id: int
    prospect_id: int
    company: str
    domain: str
    stage: Stage
    tier: str
    manager_id: int | None
    manager: str | None
    recruiter: str | None
    promised: str
    handed_over_at: datetime | None
    terms_version: int | None
    terms_accepted_at: datetime | None
    external_id: str
    reasons: str
    note: str


def partner_header(session: Session, partnership_id: int) -> PartnerHeader:
    """Return the head of a partner's page, in two statements."""
    manager, recruiter = aliased(User), aliased(User)
    partnership, stage, company, manager_name, recruiter_name, version = session.execute(
        select(Partnership, Prospect.stage, Company, manager.name, recruiter.name, ProgramTerms.version)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(manager, manager.id == Partnership.account_manager_id)
        .outerjoin(recruiter, recruiter.id == Partnership.recruiter_id)
        .outerjoin(ProgramTerms, ProgramTerms.id == Partnership.terms_id)
        .where(Partnership.id == partnership_id)
    ).one()
    approval = session.execute(
        select(Decision.note, StageChange.reason)
        .join(StageChange, StageChange.id == Decision.stage_change_id)
        .where(Decision.prospect_id == partnership.prospect_id, Decision.outcome == DecisionOutcome.APPROVE)
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()
    return PartnerHeader(
        id=partnership.id,
        prospect_id=partnership.prospect_id,
        company=company.name,
        domain=company.domain,
        stage=stage,
        tier=partnership.tier,
        manager_id=partnership.account_manager_id,
        manager=manager_name,
        recruiter=recruiter_name,
        promised=partnership.promised,
        handed_over_at=partnership.handed_over_at,
        terms_version=version,
        terms_accepted_at=partnership.terms_accepted_at,
        external_id=partnership.external_id,
        reasons=approval.reason if approval else "",
        note=approval.note if approval else "",
    )


def partnership_id_of(session: Session, prospect_id: int) -> int | None:
    """Return the partnership of a prospect, None where it was never approved."""
    return session.scalar(select(Partnership.id).where(Partnership.prospect_id == prospect_id))
