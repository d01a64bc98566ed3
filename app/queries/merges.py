"""Merges as others need to know them: which company stands for one that is gone."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models import Company, Prospect
from app.models.merge import Merge, MergedProspect

# A company that was merged into one that was merged later itself is two steps away; nobody needs more.
_MOST_STEPS = 10


def kept_id(session: Session, company_id: int) -> int:
    """Return the company that stands for this one: itself, unless it was merged into another."""
    for _ in range(_MOST_STEPS):
        following = session.scalar(select(Merge.kept_id).where(Merge.gone_id == company_id, Merge.undone_at.is_(None)))
        if following is None:
            return company_id
        company_id = following
    return company_id


def standing_prospect(session: Session, program_id: int, prospect_id: int) -> int | None:
    """Return the prospect of a program that stands for one a merge took out; None where none does."""
    return session.scalar(
        select(MergedProspect.prospect_id)
        .join(Prospect, Prospect.id == MergedProspect.prospect_id)
        .where(MergedProspect.gone_id == prospect_id, Prospect.program_id == program_id)
        .order_by(MergedProspect.id.desc())
        .limit(1)
    )


def kept_domains(session: Session, domains: Collection[str]) -> dict[str, str]:
    """Return, for those of the domains whose company was merged, the domain of the company that stands for it."""
    if not domains:
        return {}
    gone = aliased(Company)
    rows = session.execute(
        select(gone.domain, Merge.kept_id)
        .join(Merge, Merge.gone_id == gone.id)
        .where(gone.domain.in_(list(domains)), Merge.undone_at.is_(None))
    ).all()
    return {domain: session.get_one(Company, kept_id(session, company_id)).domain for domain, company_id in rows}


def standing_companies(session: Session, found: Mapping[str, Company]) -> dict[str, Company]:
    """Return companies by domain with each that was merged replaced by the one that stands for it."""
    kept = kept_domains(session, found)
    if not kept:
        return dict(found)
    standing = session.scalars(select(Company).where(Company.domain.in_(set(kept.values()))))
    by_domain = {company.domain: company for company in standing}
    return {domain: by_domain.get(kept.get(domain, ""), company) for domain, company in found.items()}
