"""Companies: one row per registrable domain, whoever brings it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Company, Prospect, User
from app.queries.merges import kept_id
from app.services.audit import record_audit
from app.services.custom_field_values import check_version
from app.services.errors import Conflict, InvalidInput
from outreach.countries import country_names


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


@dataclass(frozen=True, slots=True)
class TypedCountry:
    """A country as a person chose it, by its ISO code or "" for not known, and the one that was shown before."""

    code: str
    seen: str


def set_country(session: Session, prospect: Prospect, typed: TypedCountry, *, actor: User, version: int) -> bool:
    """Say in which country a prospect's company is, for every program it is in; return whether that changed anything.

    `version` is the prospect's that the person saw. Raises Conflict where somebody was faster, in this program or by
    way of another one, and InvalidInput (field `country`) for what is no country.
    """
    check_version(session, prospect, version)
    company = session.get_one(Company, prospect.company_id, with_for_update=True)
    before = company.country or ""
    code = typed.code.strip().upper()
    if code and code not in country_names():
        raise InvalidInput({"country": _("Choose a country from the list.")})
    if before != typed.seen:
        words = _("Somebody changed the country meanwhile: %(country)s now. Save again to write yours over it.",
                  country=before or _("not known"))  # fmt: skip
        raise Conflict(words)
    if code == before:
        return False
    company.country = code or None
    prospect.version += 1
    record_audit(
        session,
        "prospect.country_set",
        subject=f"prospect:{prospect.id}",
        actor_id=actor.id,
        program_id=prospect.program_id,
        details={"from": before, "to": code},
    )
    return True


def _add(session: Session, company: Company) -> Company:
    try:
        with session.begin_nested():
            session.add(company)
    except IntegrityError:
        return session.scalars(select(Company).where(Company.domain == company.domain)).one()
    return company
