"""What the page of holidays offers: the countries of a program's prospects and its senders."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Company, Prospect, Sender

MOST = 60


def countries_of(session: Session, program_id: int) -> list[str]:
    """Return the countries that a program's prospects are in, the one with most of them first."""
    rows = (
        select(Company.country)
        .join(Prospect, Prospect.company_id == Company.id)
        .where(Prospect.program_id == program_id, Company.country.is_not(None), Company.country != "")
        .group_by(Company.country)
        .order_by(func.count().desc(), Company.country)
    )
    return [country for country in session.scalars(rows.limit(MOST)) if country]


def senders_of(session: Session, program_id: int) -> list[tuple[int, str]]:
    """Return a program's senders by name."""
    rows = session.execute(select(Sender.id, Sender.name).where(Sender.program_id == program_id).order_by(Sender.name))
    return [(row.id, row.name) for row in rows]
