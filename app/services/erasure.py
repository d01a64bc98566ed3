"""What erasing a person reaches: their rows wherever one of their addresses occurs, and the words that name them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.db import Base
from app.languages import gettext as _
from app.models import (
    Application,
    ApplicationDraft,
    ApplicationReference,
    Company,
    Contact,
    ContactField,
    ContactValue,
    Enrollment,
    EnrollmentState,
    Message,
    Notice,
    OptOutRequest,
    PartnerPerson,
    Partnership,
    Prospect,
    ReceivedMail,
    Suppression,
)
from app.models.company import ERASED
from app.queries.contact_facts import contact_facts
from app.services.contact_forgetting import kept_values, removed_contacts_with
from app.services.erased_words import Words, companies_with
from app.services.errors import NotFound
from app.services.imports.forgetting import files_with, rows_with
from app.services.suppressions import suppression_key

_OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)
# Rows that hold an address and little else: references, drafts of forms, our own mails, requests, the list itself.
_ELSEWHERE: tuple[tuple[type[Base], Any], ...] = (
    (ApplicationReference, ApplicationReference.email),
    (ApplicationDraft, ApplicationDraft.email),
    (Notice, Notice.to_address),
    (OptOutRequest, OptOutRequest.email),
    (Suppression, Suppression.value),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Whom an erasure is about and what it reaches, in counts; `proof` is what must be typed to confirm it.

    `also` are companies without a contact of theirs, for which they applied or act as a partner.
    """

    contact_ids: tuple[int, ...]
    also: tuple[int, ...]
    label: str
    proof: str
    addresses: tuple[str, ...]
    companies: tuple[str, ...]
    open_enrollments: int
    sent: int
    received: int
    applications: int
    people: int
    others: int

    @property
    def is_anything(self) -> bool:
        """Say whether anything here knows them."""
        rows = (self.contact_ids, self.sent, self.received, self.applications, self.people, self.others)
        return any(rows)


def contact_of(session: Session, prospect: Prospect, contact_id: int) -> Contact:
    """Return a contact of a prospect's company that access was checked for; raises NotFound, also once erased."""
    contact = session.get(Contact, contact_id)
    if contact is None or contact.company_id != prospect.company_id or contact.key.startswith(ERASED):
        raise NotFound(_("There is no such contact at this company; it may have been erased."))
    return contact


def erasure_of(session: Session, contact: Contact) -> Erasure:
    """Return what erasing a contact reaches: the person's rows at every company that has one of their addresses."""
    addresses = _addresses(session, [contact.id])
    label = contact_facts(session, [contact.id])[contact.id].label
    return _erasure(session, {contact.id}, addresses, label=label)


def erasure_of_address(session: Session, address: str) -> Erasure:
    """Return what erasing whoever has a normalized address reaches, wherever it occurs; with their other addresses."""
    return _erasure(session, set(), {address}, label=address, proof=address)


def _erasure(session: Session, ids: set[int], addresses: set[str], *, label: str, proof: str = "") -> Erasure:
    ids, addresses = _all_of(session, ids, addresses)
    also = set(session.scalars(_companies_applied_for(addresses))) | set(
        session.scalars(_companies_acted_for(addresses))
    )
    names = select(Company.name).where(Company.id.in_(companies_with(ids, also))).distinct()
    people = func.lower(PartnerPerson.email).in_(addresses)
    return Erasure(
        contact_ids=tuple(sorted(ids)),
        also=tuple(sorted(also)),
        label=label,
        proof=proof or (min(addresses) if addresses else label),
        addresses=tuple(sorted(addresses)),
        companies=tuple(sorted(session.scalars(names))),
        open_enrollments=_count(session, Enrollment, Enrollment.contact_id.in_(ids), Enrollment.state.in_(_OPEN)),
        sent=_count(session, Message, sent_to(ids, addresses)),
        received=_count(session, ReceivedMail, received_from(ids, addresses)),
        applications=_count(session, Application, Application.email.in_(addresses)),
        people=_count(session, PartnerPerson, people),
        others=sum(_count(session, kind, column.in_(addresses)) for kind, column in _ELSEWHERE)
        + len(rows_with(session, addresses))
        + len(files_with(session, addresses)),
    )


def _all_of(session: Session, ids: set[int], addresses: set[str]) -> tuple[set[int], set[str]]:
    """Return all contacts and addresses that lead to one another: a contact's second address is another's first."""
    while True:
        more_ids = ids | _contacts_with(session, addresses)
        more = addresses | _addresses(session, more_ids)
        if (more_ids, more) == (ids, addresses):
            return ids, addresses
        ids, addresses = more_ids, more


def words_of(session: Session, found: Erasure) -> Words:
    """Return what identifies the person in running text: full names, addresses, numbers and profiles."""
    rows = kept_values(session, found.contact_ids)
    rows += session.execute(
        select(ContactValue.field, ContactValue.value).where(ContactValue.contact_id.in_(found.contact_ids))
    )
    applied = select(Application.name, Application.phone).where(Application.email.in_(found.addresses))
    acting = select(PartnerPerson.name, PartnerPerson.phone).where(func.lower(PartnerPerson.email).in_(found.addresses))
    elsewhere = [*session.execute(applied), *session.execute(acting)]
    rows += [(ContactField.NAME, name) for name, _phone in elsewhere]
    rows += [(ContactField.PHONE, phone) for _name, phone in elsewhere if phone]
    # A first name alone, or "Office", would blot out what speaks of others.
    spelled = [value for field, value in rows if field is ContactField.NAME and len(value.split()) > 1]
    exact = [value for field, value in rows if field not in (ContactField.NAME, ContactField.ROLE)]
    return Words([*spelled, *exact, *found.addresses])


def _addresses(session: Session, ids: Iterable[int]) -> set[str]:
    query = select(ContactValue.value).where(
        ContactValue.contact_id.in_(list(ids)), ContactValue.field == ContactField.EMAIL
    )
    return {value.lower() for value in session.scalars(query)}


def _contacts_with(session: Session, addresses: set[str]) -> set[int]:
    query = select(ContactValue.contact_id).where(
        ContactValue.field == ContactField.EMAIL, func.lower(ContactValue.value).in_(addresses)
    )
    return set(session.scalars(query)) | removed_contacts_with(session, addresses)


def _companies_applied_for(addresses: Collection[str]) -> Select[int]:
    applied = select(Application.prospect_id).where(Application.email.in_(addresses))
    return select(Prospect.company_id).where(Prospect.id.in_(applied))


def _companies_acted_for(addresses: Collection[str]) -> Select[int]:
    acting = (
        select(Partnership.prospect_id)
        .join(PartnerPerson, PartnerPerson.partnership_id == Partnership.id)
        .where(func.lower(PartnerPerson.email).in_(addresses))
    )
    return select(Prospect.company_id).where(Prospect.id.in_(acting))


def sent_to(ids: Iterable[int], addresses: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a message went to one of these contacts or addresses."""
    return or_(Message.contact_id.in_(list(ids)), Message.to_address.in_(list(addresses)))


def received_from(ids: Iterable[int], addresses: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a mail came from one of these contacts or addresses."""
    return or_(ReceivedMail.contact_id.in_(list(ids)), ReceivedMail.from_address.in_(list(addresses)))


def _count(session: Session, kind: type[Base], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(kind).where(*conditions)) or 0


def sentinel_of(found: Erasure) -> str:
    """Return what stands where an address stood: one that nobody has (RFC 2606), told apart by its contact.

    Without a contact a piece of the keyed hash tells it apart, which the list of who must not be mailed keeps anyway.
    """
    mark = str(found.contact_ids[0]) if found.contact_ids else suppression_key(found.proof)[:16]
    return f"erased-{mark}@erased.example"
