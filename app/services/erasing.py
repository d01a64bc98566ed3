"""Erasing a person: what is known of them is removed everywhere, and they are never mailed again.

What remains says that something happened, not to whom: when mails went out and what became of them, how a prospect
moved, that an application was decided. The suppression list keeps the keyed hash of each address, so that the wish
outlives the knowledge of whose it was. What a company says on its own public pages is not a person's record here; its
owner has the crawler's opt-out for that.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.db import Base
from app.languages import gettext as _
from app.models import (
    Company,
    Contact,
    ContactBasis,
    ContactField,
    ContactValue,
    Enrollment,
    EnrollmentBatch,
    EnrollmentState,
    Message,
    MessageState,
    Notice,
    NoticeState,
    OptOutRequest,
    Prospect,
    ProviderEvent,
    ReceivedMail,
    User,
)
from app.queries.contact_facts import contact_facts
from app.services.audit import record_audit
from app.services.contact_forgetting import forget_changes_of, kept_values, removed_contacts_with
from app.services.contacts import ERASED, erased_key
from app.services.erased_words import Words, scrub_applications, scrub_history
from app.services.errors import InvalidInput, NotFound
from app.services.ledger.gate import close_gate
from app.services.ledger.states import NOT_BEGUN
from app.services.merging.forgetting import forget_in_merges
from app.services.onboarding.erasing import erase_from_partnerships
from app.services.prospect_files import forget_files_with
from app.services.stops import Ending, end_enrollments
from app.services.suppressions import erase

ENDING = Ending("erased", "The person was erased.")
_OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Whom an erasure is about and what it reaches, in counts; `proof` is what must be typed to confirm it."""

    contact_ids: tuple[int, ...]
    label: str
    proof: str
    addresses: tuple[str, ...]
    companies: tuple[str, ...]
    open_enrollments: int
    sent: int
    received: int


def contact_of(session: Session, prospect: Prospect, contact_id: int) -> Contact:
    """Return a contact of a prospect's company that access was checked for; raises NotFound, also once erased."""
    contact = session.get(Contact, contact_id)
    if contact is None or contact.company_id != prospect.company_id or contact.key.startswith(ERASED):
        raise NotFound(_("There is no such contact at this company; it may have been erased."))
    return contact


def erasure_of(session: Session, contact: Contact) -> Erasure:
    """Return what erasing a contact reaches: the person's rows at every company that has one of their addresses."""
    addresses = _addresses(session, [contact.id])
    ids = _contacts_with(session, addresses) | {contact.id}
    addresses |= _addresses(session, ids)
    label = contact_facts(session, [contact.id])[contact.id].label
    companies = session.scalars(
        select(Company.name).join(Contact, Contact.company_id == Company.id).where(Contact.id.in_(ids)).distinct()
    )
    return Erasure(
        contact_ids=tuple(sorted(ids)),
        label=label,
        proof=min(addresses) if addresses else label,
        addresses=tuple(sorted(addresses)),
        companies=tuple(sorted(companies)),
        open_enrollments=_count(session, Enrollment, Enrollment.contact_id.in_(ids), Enrollment.state.in_(_OPEN)),
        sent=_count(session, Message, _sent_to(ids, addresses)),
        received=_count(session, ReceivedMail, _received_from(ids, addresses)),
    )


def erase_person(session: Session, contact: Contact, *, typed: str, program_id: int, actor: User) -> Erasure:
    """Erase whom a contact stands for, everywhere, in this transaction; returns what was reached.

    `typed` must be the proof that the screen asks for: raises InvalidInput otherwise. Cannot be undone.
    """
    close_gate(session)
    found = erasure_of(session, contact)
    if typed.strip().casefold() != found.proof.casefold():
        raise InvalidInput({"typed": _("Type %(proof)s to confirm; it cannot be taken back.", proof=found.proof)})
    words = _words_of(session, found)
    _stop_mail(session, found, actor=actor)
    _empty_mail(session, found)
    scrub_history(session, found.contact_ids, words)
    forget_in_merges(session, found.contact_ids, words)
    forget_changes_of(session, found.contact_ids, words)
    forget_files_with(session, found.contact_ids, words)
    scrub_applications(session, found.addresses, sentinel=_sentinel(contact.id))
    erase_from_partnerships(session, found.addresses, without_words=words.gone_from)
    _empty_contacts(session, found)
    details = {
        "contacts": list(found.contact_ids),
        "sent": found.sent,
        "received": found.received,
        "stopped": found.open_enrollments,
    }
    record_audit(
        session,
        "person.erased",
        subject=f"contact:{contact.id}",
        actor_id=actor.id,
        program_id=program_id,
        details=details,
    )
    return found


def _stop_mail(session: Session, found: Erasure, *, actor: User) -> None:
    for address in (*found.addresses, _sentinel(found.contact_ids[0])):
        erase(session, address, actor_id=actor.id)
    query = select(Enrollment.id).where(Enrollment.contact_id.in_(found.contact_ids))
    ids = list(session.scalars(query))
    end_enrollments(session, ids, ENDING)
    session.execute(
        update(Message)
        .where(_sent_to(found.contact_ids, found.addresses), Message.state.in_(NOT_BEGUN))
        .values(
            state=MessageState.SKIPPED, reason=ENDING.reason, detail=ENDING.detail, lease_until=None, not_before_at=None
        )
        .execution_options(synchronize_session="fetch")
    )
    session.execute(update(Enrollment).where(Enrollment.id.in_(ids)).values(detail=ENDING.detail))


def _empty_mail(session: Session, found: Erasure) -> None:
    """Take the words and addresses out of mail; its times, states and reasons stay."""
    sentinel = _sentinel(found.contact_ids[0])
    sent = select(Message.id).where(_sent_to(found.contact_ids, found.addresses))
    session.execute(update(ProviderEvent).where(ProviderEvent.message_id.in_(sent)).values(payload={}))
    session.execute(
        update(Message)
        .where(_sent_to(found.contact_ids, found.addresses))
        .values(to_address=sentinel, subject="", text="", html="", in_reply_to="", references=[])
        .execution_options(synchronize_session="fetch")
    )
    session.execute(
        update(ReceivedMail)
        .where(_received_from(found.contact_ids, found.addresses))
        .values(
            raw=b"",
            envelope_to="",
            detail="",
            kind_reason="",
            from_address=sentinel,
            from_name="A person who was erased",
            subject="",
            internet_id="",
            in_reply_to="",
            new_text="",
            quoted_text="",
            html="",
        )
        .execution_options(synchronize_session="fetch")
    )
    held = Notice.state == NoticeState.SENDING  # a worker has it in hand, and its record would find no row
    session.execute(delete(Notice).where(Notice.to_address.in_(found.addresses), ~held))
    session.execute(update(OptOutRequest).where(OptOutRequest.email.in_(found.addresses)).values(email=sentinel))


def _empty_contacts(session: Session, found: Erasure) -> None:
    """Leave the rows that mails and enrollments point at, with a keyed hash so that no reading adds them anew."""
    ids = found.contact_ids
    session.execute(delete(ContactValue).where(ContactValue.contact_id.in_(ids)))
    session.execute(delete(ContactBasis).where(ContactBasis.contact_id.in_(ids)))
    for row in session.scalars(select(Contact).where(Contact.id.in_(ids))):
        row.key = erased_key(row.key)
    for batch in session.scalars(select(EnrollmentBatch)):
        if not batch.skipped.keys().isdisjoint(str(each) for each in ids):
            batch.skipped = {key: text for key, text in batch.skipped.items() if int(key) not in ids}
    session.flush()


def _words_of(session: Session, found: Erasure) -> Words:
    rows = kept_values(session, found.contact_ids)
    rows += session.execute(
        select(ContactValue.field, ContactValue.value).where(ContactValue.contact_id.in_(found.contact_ids))
    )
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


def _sent_to(ids: Iterable[int], addresses: Iterable[str]) -> ColumnElement[bool]:
    return or_(Message.contact_id.in_(list(ids)), Message.to_address.in_(list(addresses)))


def _received_from(ids: Iterable[int], addresses: Iterable[str]) -> ColumnElement[bool]:
    return or_(ReceivedMail.contact_id.in_(list(ids)), ReceivedMail.from_address.in_(list(addresses)))


def _count(session: Session, kind: type[Base], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(kind).where(*conditions)) or 0


def _sentinel(contact_id: int) -> str:
    """Return what stands where an address stood: one that nobody has (RFC 2606), told apart by its contact."""
    return f"erased-{contact_id}@erased.example"
