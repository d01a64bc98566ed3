"""On what ground a contact may be written to: recorded consent, or a legal basis with where the address is from."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import ContactBasis, Prospect, User
from app.queries.contact_facts import contact_facts
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a person records about a contact."""

    has_consented: bool = False
    legal_basis: str = ""
    source: str = ""
    note: str = ""


def record_basis(
    session: Session, prospect: Prospect, contact_id: int, basis: Basis, *, actor: User | None
) -> ContactBasis:
    """Record why a contact of a prospect may be written to.

    Raises NotFound for another company's contact, and InvalidInput: consent needs a word on how it was given, anything
    else needs a legal basis and the source of the address, which a page the address was found on gives by itself.
    """
    facts = contact_facts(session, [contact_id]).get(contact_id)
    if facts is None or facts.company_id != prospect.company_id:
        raise NotFound(_("This contact is not one of the prospect's (any more)."))
    source = basis.source.strip()
    if not source and facts.email_source.startswith(("https://", "http://")):
        source = facts.email_source
    _check(basis, source)
    row = session.scalar(
        select(ContactBasis).where(
            ContactBasis.program_id == prospect.program_id, ContactBasis.contact_id == contact_id
        )
    )
    if row is None:
        row = ContactBasis(program_id=prospect.program_id, contact_id=contact_id)
        session.add(row)
    row.has_consented, row.legal_basis = basis.has_consented, basis.legal_basis.strip()
    row.source_url, row.note = source[:2000], basis.note.strip()[:2000]
    row.recorded_by_id, row.at = actor.id if actor else None, now()
    session.flush()
    record_audit(
        session,
        "contact.basis_recorded",
        subject=f"contact:{contact_id}",
        actor_id=actor.id if actor else None,
        program_id=prospect.program_id,
        details={"has_consented": row.has_consented, "legal_basis": row.legal_basis},
    )
    return row


def _check(basis: Basis, source: str) -> None:
    problems = {}
    if basis.has_consented and not (basis.note.strip() or source):
        problems["note"] = _("Say when and how they agreed.")
    if not basis.has_consented and not basis.legal_basis.strip():
        problems["legal_basis"] = _("Name the legal basis, such as legitimate interest, or record consent.")
    if not basis.has_consented and not source:
        problems["source"] = _("Say where the address is from: a page, an event, a person.")
    if len(basis.legal_basis) > 200:
        problems["legal_basis"] = _("Keep it to 200 characters; the rest fits in the note.")
    if problems:
        raise InvalidInput(problems)
