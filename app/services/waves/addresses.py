"""Whom a partner's invitation goes to, and why it cannot: one rule for previews, mails and reminders.

The person is looked up each time and copied nowhere, so that somebody who was erased or opted out is not written to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Contact, ContactField, ContactValue, Prospect, Provenance, Stage
from app.models.stage import PARTNER_STAGES
from app.models.wave import WavePartner, WaveStatus
from app.queries.contact_facts import ContactFacts, contact_facts
from app.services.suppressions import suppressed_among

# Who is a partner here has come along, whatever the wave says of them so far.
BEFORE_ACCEPTING = (WaveStatus.PLANNED, WaveStatus.INVITED, WaveStatus.OPENED)
_AT_ONCE = 500
# An address that a crawler read off a page, or that stood in a list of companies to recruit, is no partner's person:
# who stands in the file of partners is the partner's own contact.
_KNOWN_BY = (Provenance.HAND, Provenance.APPLICATION)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom to write to; `why_not` says in words why nothing is sent, "" where a mail may leave."""

    name: str = ""
    email: str = ""
    why_not: str = ""


def addressees(session: Session, partners: Sequence[WavePartner]) -> dict[int, Addressee]:
    """Return, by partner, whom to write to: the contact of their file, else one known by hand or application."""
    prospects = prospects_of(session, [partner.prospect_id for partner in partners])
    facts = contact_facts(session, [partner.contact_id for partner in partners if partner.contact_id])
    without = [partner for partner in partners if not _usable(facts.get(partner.contact_id or 0))]
    others = _others(session, {prospects[partner.prospect_id].company_id for partner in without})
    chosen: dict[int, ContactFacts | None] = {}
    for partner in partners:
        own = facts.get(partner.contact_id or 0)
        company_id = prospects[partner.prospect_id].company_id
        chosen[partner.id] = own if _usable(own) else others.get(company_id)
    forbidden = suppressed_among(session, [found.email for found in chosen.values() if found])
    return {
        partner.id: _addressee(partner, prospects[partner.prospect_id], chosen[partner.id], set(forbidden))
        for partner in partners
    }


def addressee_of(session: Session, partner: WavePartner) -> Addressee:
    """Return whom one partner's mail goes to."""
    return addressees(session, [partner])[partner.id]


def _addressee(partner: WavePartner, prospect: Prospect, facts: ContactFacts | None, forbidden: set[str]) -> Addressee:
    if prospect.stage is Stage.DECLINED:
        return Addressee(why_not=_("Declined here. Bring them back to the board first."))
    if facts is None:
        return Addressee(why_not=_("No e-mail address is known. Add a contact on the prospect's page."))
    if facts.email in forbidden:
        return Addressee(facts.name, facts.email, _("The address is on the do-not-mail list."))
    if prospect.stage in (Stage.WITHDRAWN, Stage.DORMANT):
        why_not = _("%(stage)s. Bring them back to the board first.", stage=_(prospect.stage.label))
        return Addressee(facts.name, facts.email, why_not)
    if prospect.stage in PARTNER_STAGES and partner.status in BEFORE_ACCEPTING:
        return Addressee(facts.name, facts.email, _("A partner here already: there is nothing left to accept."))
    return Addressee(facts.name, facts.email)


def _usable(facts: ContactFacts | None) -> bool:
    return facts is not None and bool(facts.email) and not facts.is_erased


def prospects_of(session: Session, wanted: Sequence[int]) -> dict[int, Prospect]:
    """Return prospects by id, read in portions."""
    found: dict[int, Prospect] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(Prospect).where(Prospect.id.in_(wanted[start : start + _AT_ONCE]))
        found |= {prospect.id: prospect for prospect in session.scalars(query)}
    return found


def _others(session: Session, company_ids: set[int]) -> dict[int, ContactFacts]:
    """Return one contact with a known address for each of these companies: the first that was recorded."""
    wanted = sorted(company_ids)
    ids: list[int] = []
    for start in range(0, len(wanted), _AT_ONCE):
        query = (
            select(Contact.id)
            .join(ContactValue, ContactValue.contact_id == Contact.id)
            .where(
                Contact.company_id.in_(wanted[start : start + _AT_ONCE]),
                ContactValue.field == ContactField.EMAIL,
                ContactValue.provenance.in_(_KNOWN_BY),
            )
        )
        ids += session.scalars(query)
    found: dict[int, ContactFacts] = {}
    for _id, facts in sorted(contact_facts(session, ids).items()):
        if _usable(facts):
            found.setdefault(facts.company_id, facts)
    return found
