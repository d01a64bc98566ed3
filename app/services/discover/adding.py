"""Add a single company by the address of its site."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, Prospect
from app.services.audit import record_audit
from app.services.companies import find_or_add_company
from app.services.discover.requests import read_address
from app.services.errors import InvalidInput
from app.services.prospects import NewProspect, add_prospect, find_prospect
from scrapers.domains import normalize_domain
from scrapers.sources import why_not_a_company

SOURCE = "Added by address"


@dataclass(frozen=True, slots=True)
class Added:
    """The prospect an address led to; `is_new` where it was not in the program before."""

    prospect: Prospect
    is_new: bool


def add_by_address(
    session: Session, program: Program, address: str, *, owner_id: int | None, by_user_id: int | None
) -> Added:
    """Make a prospect of the company at an address; one that is in the program already is returned as it is.

    Raises InvalidInput for the field `address` where it names no company's own site.
    """
    if not address.strip():
        raise InvalidInput({"address": _("Give the address of the company's site, such as example.com.")})
    website = read_address(address)
    domain = normalize_domain(website)
    reason = why_not_a_company(domain)
    if reason is not None:
        words = _("%(domain)s is %(what)s. Give the address of the company's own site.", domain=domain, what=_(reason))
        raise InvalidInput({"address": words})
    company = find_or_add_company(session, domain=domain, website=website)
    session.flush()
    known = find_prospect(session, program.id, company.id)
    if known is not None:
        return Added(known, is_new=False)
    prospect = add_prospect(
        session,
        NewProspect(
            program_id=program.id,
            company_id=company.id,
            source=SOURCE,
            owner_id=owner_id,
            added_by_id=by_user_id,
        ),
    )
    record_audit(
        session,
        "prospect.added",
        subject=f"prospect:{prospect.id}",
        actor_id=by_user_id,
        program_id=program.id,
        details={"address": website},
    )
    return Added(prospect, is_new=True)
