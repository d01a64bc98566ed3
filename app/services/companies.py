"""Companies: one row per registrable domain, whoever brings it."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Company
from app.queries.merges import kept_id


def find_or_add_company(
    session: Session, *, domain: str, name: str = "", website: str = "", country: str | None = None
) -> Company:
    """Return the company of a normalized registrable domain, adding it where it is new.

    One that was merged into another gives the company that stands for it now, as it is. A known company keeps what it
    has; only empty values are filled in.
    """
    company = company_at(session, domain=domain, name=name, website=website)
    standing_id = kept_id(session, company.id)
    if standing_id != company.id:
        return session.get_one(Company, standing_id)
    if name and company.name == company.domain:
        company.name = name
    company.country = company.country or country
    return company


def company_at(session: Session, *, domain: str, name: str = "", website: str = "") -> Company:
    """Return the company whose own domain this is, merged or not, adding it where it is new.

    Two transactions that add the same domain at once end up with one row: the unique constraint decides, and the
    slower one reads the winner's.
    """
    company = session.scalar(select(Company).where(Company.domain == domain))
    if company is None:
        company = _add(session, Company(domain=domain, name=name or domain, website=website or f"https://{domain}/"))
    return company


def _add(session: Session, company: Company) -> Company:
    try:
        with session.begin_nested():
            session.add(company)
    except IntegrityError:
        return session.scalars(select(Company).where(Company.domain == company.domain)).one()
    return company
