"""The sites whose owners asked not to be read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Company, OptOutRequest, OptOutState

MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class OptedOutSite:
    """One site we stay away from; `confirmed_by` is the address that confirmed it, None where an admin did it."""

    company_id: int
    domain: str
    opted_out_at: datetime
    confirmed_by: str | None


def opted_out_sites(session: Session) -> list[OptedOutSite]:
    """Return the sites we stay away from, the latest first, at most MAX_ROWS."""
    newest = (
        select(func.max(OptOutRequest.id))
        .where(OptOutRequest.domain == Company.domain, OptOutRequest.state == OptOutState.CONFIRMED)
        .correlate(Company)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Company.id, Company.domain, Company.opted_out_at, OptOutRequest.email)
        .outerjoin(OptOutRequest, OptOutRequest.id == newest)
        .where(Company.opted_out_at.is_not(None))
        .order_by(Company.opted_out_at.desc(), Company.id)
        .limit(MAX_ROWS)
    )
    return [OptedOutSite(company_id, domain, at, email) for company_id, domain, at, email in rows if at is not None]


def waiting_requests(session: Session, *, moment: datetime) -> int:
    """Return how many requests wait for their owner's confirmation."""
    waiting = (OptOutRequest.state == OptOutState.WAITING, OptOutRequest.expires_at > moment)
    return session.scalar(select(func.count()).select_from(OptOutRequest).where(*waiting)) or 0
