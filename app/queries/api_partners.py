"""What the API lists: partners of a program, their months, and partners on their way over from another platform."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Company, PartnerResult, Partnership, ProgramTerms, Prospect, User
from app.models.stage import PARTNER_STAGES
from app.models.wave import Wave, WavePartner, WaveStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """Which rows of a list: those after an id, at most so many, and with a domain or the other platform's id."""

    after: int = 0
    limit: int = 100
    external_id: str = ""
    domain: str = ""


def partners(session: Session, program_id: int, chosen: ListFilter) -> list[dict[str, Any]]:
    """Return partners by id, as the API writes them; one row more than asked for says that there are more."""
    query = (
        select(Partnership, Prospect.stage, Company.name, Company.domain, User.name, ProgramTerms.version)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(User, User.id == Partnership.account_manager_id)
        .outerjoin(ProgramTerms, ProgramTerms.id == Partnership.terms_id)
        .where(Partnership.program_id == program_id, Partnership.id > chosen.after)
    )
    if chosen.external_id:
        query = query.where(Partnership.external_id == chosen.external_id)
    if chosen.domain:
        query = query.where(Company.domain == chosen.domain)
    rows = session.execute(query.order_by(Partnership.id).limit(chosen.limit + 1))
    return [
        {
            "id": partnership.id,
            "company": company,
            "domain": domain,
            "stage": stage.value,
            "in_force": stage in PARTNER_STAGES,
            "tier": partnership.tier,
            "external_id": partnership.external_id,
            "account_manager": manager,
            "terms_version": version,
            "since": instant(partnership.created_at),
        }
        for partnership, stage, company, domain, manager, version in rows
    ]


def months(session: Session, partnership_id: int, *, before: date | None, limit: int) -> list[dict[str, Any]]:
    """Return a partner's months, the newest first, as the API writes them; one row more says that there are more."""
    query = select(PartnerResult).where(PartnerResult.partnership_id == partnership_id)
    if before is not None:
        query = query.where(PartnerResult.month < before)
    return [month_of(row) for row in session.scalars(query.order_by(PartnerResult.month.desc()).limit(limit + 1))]


def month_of(row: PartnerResult) -> dict[str, Any]:
    """Return one month as the API writes it."""
    cents = row.amount_cents
    return {
        "month": f"{row.month:%Y-%m}",
        "amount": f"{cents // 100}.{cents % 100:02}" if cents is not None else None,
        "currency": row.currency or None,
        "band": row.band.value if row.band else None,
        "leads": row.leads,
        "note": row.note,
        "source": row.source.value,
        "updated_at": instant(row.updated_at),
    }


def moving(session: Session, program_id: int, chosen: ListFilter, *, status: WaveStatus | None) -> list[dict[str, Any]]:
    """Return partners of the other platform by id, as the API writes them; one more than asked for as in partners()."""
    query = (
        select(WavePartner, Company.name, Company.domain, Wave.number)
        .join(Prospect, Prospect.id == WavePartner.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(Wave, Wave.id == WavePartner.wave_id)
        .where(WavePartner.program_id == program_id, WavePartner.id > chosen.after)
    )
    if chosen.external_id:
        query = query.where(WavePartner.external_id == chosen.external_id)
    if chosen.domain:
        query = query.where(Company.domain == chosen.domain)
    if status is not None:
        query = query.where(WavePartner.status == status)
    rows = session.execute(query.order_by(WavePartner.id).limit(chosen.limit + 1))
    return [moving_of(partner, company, domain, number) for partner, company, domain, number in rows]


def moving_of(partner: WavePartner, company: str, domain: str, wave: int | None) -> dict[str, Any]:
    """Return one partner of the other platform as the API writes it."""
    return {
        "id": partner.id,
        "company": company,
        "domain": domain,
        "external_id": partner.external_id,
        "wave": wave,
        "status": partner.status.value,
        "status_at": instant(partner.status_at),
        "version": partner.version,
    }


def instant(moment: datetime) -> str:
    """Return a moment as RFC 3339 writes it, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
