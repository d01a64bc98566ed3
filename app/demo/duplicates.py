"""What the demo leaves to the list of duplicates: a company that came in a second time under the domain it gave up."""

from sqlalchemy.orm import Session

from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Program, Provenance, User
from app.services.companies import find_or_add_company
from app.services.contacts import FoundContact, record_contact
from app.services.merging.finding import compare, look_at, record_pairs
from app.services.prospects import NewProspect, add_prospect

OLD_DOMAIN = "cobbleworks-studio.demo.test"
_EMAIL = "sam@cobbleworks.demo.test"


def leave_duplicates(session: Session, program: Program, by: User) -> int:
    """Add a company twice in the program that recruits agencies, look for duplicates, and return how many came in."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return 0
    company = find_or_add_company(session, domain=OLD_DOMAIN, name="Cobbleworks Ltd", country="GB")
    session.flush()
    found = FoundContact(provenance=Provenance.HAND, email=_EMAIL, name="Sam Threlfall", entered_by_id=by.id)
    record_contact(session, company.id, found)
    add_prospect(
        session, NewProspect(program_id=program.id, company_id=company.id, source="Added by hand", added_by_id=by.id)
    )
    session.flush()
    record_pairs(session, program.id, compare(look_at(session, program.id)))
    return 1
