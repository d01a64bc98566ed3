"""Erasing a person: what is known of them is removed everywhere, and they are never mailed again.

What remains says that something happened, not to whom: when mails went out and what became of them, how a prospect
moved, that an application was decided. The suppression list keeps the keyed hash of each address, so that the wish
outlives the knowledge of whose it was. What a company says on its own public pages is not a person's record here; its
owner has the crawler's opt-out for that.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import (
    Contact,
    ContactBasis,
    ContactValue,
    Enrollment,
    EnrollmentBatch,
    Message,
    MessageState,
    Notice,
    NoticeState,
    OptOutRequest,
    ProviderEvent,
    ReceivedMail,
    User,
)
from app.services.audit import record_audit
from app.services.contact_forgetting import forget_changes_of
from app.services.contacts import erased_key
from app.services.erased_words import companies_with, scrub_applications, scrub_history
from app.services.erasure import Erasure, erasure_of, erasure_of_address, received_from, sent_to, sentinel_of, words_of
from app.services.errors import InvalidInput, NotFound
from app.services.imports.forgetting import forget_in_files
from app.services.ledger.gate import close_gate
from app.services.ledger.states import NOT_BEGUN
from app.services.merging.forgetting import forget_in_merges
from app.services.onboarding.erasing import erase_from_partnerships
from app.services.prospect_files import forget_files_with
from app.services.stops import Ending, end_enrollments
from app.services.suppressions import erase

ENDING = Ending("erased", "The person was erased.")


def erase_person(session: Session, contact: Contact, *, typed: str, program_id: int, actor: User) -> Erasure:
    """Erase whom a contact stands for, everywhere, in this transaction; returns what was reached.

    `typed` must be the proof that the screen asks for: raises InvalidInput otherwise. Cannot be undone.
    """
    close_gate(session)
    found = erasure_of(session, contact)
    _erase(session, found, typed=typed, program_id=program_id, actor=actor)
    return found


def erase_address(session: Session, address: str, *, typed: str, actor: User) -> int:
    """Erase whoever has a normalized address, as `erase_person` does; returns the id of what the audit log keeps.

    Raises InvalidInput where `typed` is not the address, and NotFound where nothing here knows it.
    """
    close_gate(session)
    found = erasure_of_address(session, address)
    if not found.is_anything:
        raise NotFound(_("Nothing here knows this address any more."))
    return _erase(session, found, typed=typed, program_id=None, actor=actor)


def _erase(session: Session, found: Erasure, *, typed: str, program_id: int | None, actor: User) -> int:
    if typed.strip().casefold() != found.proof.casefold():
        raise InvalidInput({"typed": _("Type %(proof)s to confirm; it cannot be taken back.", proof=found.proof)})
    words = words_of(session, found)
    _stop_mail(session, found, actor=actor)
    _empty_mail(session, found)
    scrub_history(session, found.contact_ids, words, found.also)
    forget_in_files(session, found.addresses, companies_with(found.contact_ids, found.also), words)
    forget_in_merges(session, companies_with(found.contact_ids, found.also), words)
    forget_changes_of(session, found.contact_ids, words)
    forget_files_with(session, companies_with(found.contact_ids, found.also), words)
    scrub_applications(session, found.addresses, sentinel=sentinel_of(found))
    erase_from_partnerships(session, found.addresses, without_words=words.gone_from)
    _empty_contacts(session, found)
    details = {
        "contacts": list(found.contact_ids),
        "sent": found.sent,
        "received": found.received,
        "stopped": found.open_enrollments,
        "applications": found.applications,
        "people": found.people,
        "others": found.others,
    }
    return record_audit(
        session,
        "person.erased",
        subject=f"contact:{found.contact_ids[0]}" if found.contact_ids else "person",
        actor_id=actor.id,
        program_id=program_id,
        details=details,
    ).id


def _stop_mail(session: Session, found: Erasure, *, actor: User) -> None:
    for address in (*found.addresses, sentinel_of(found)):
        erase(session, address, actor_id=actor.id)
    query = select(Enrollment.id).where(Enrollment.contact_id.in_(found.contact_ids))
    ids = list(session.scalars(query))
    end_enrollments(session, ids, ENDING)
    session.execute(
        update(Message)
        .where(sent_to(found.contact_ids, found.addresses), Message.state.in_(NOT_BEGUN))
        .values(
            state=MessageState.SKIPPED, reason=ENDING.reason, detail=ENDING.detail, lease_until=None, not_before_at=None
        )
        .execution_options(synchronize_session="fetch")
    )
    session.execute(update(Enrollment).where(Enrollment.id.in_(ids)).values(detail=ENDING.detail))


def _empty_mail(session: Session, found: Erasure) -> None:
    """Take the words and addresses out of mail; its times, states and reasons stay."""
    sentinel = sentinel_of(found)
    sent = select(Message.id).where(sent_to(found.contact_ids, found.addresses))
    session.execute(update(ProviderEvent).where(ProviderEvent.message_id.in_(sent)).values(payload={}))
    session.execute(
        update(Message)
        .where(sent_to(found.contact_ids, found.addresses))
        .values(to_address=sentinel, subject="", text="", html="", in_reply_to="", references=[])
        .execution_options(synchronize_session="fetch")
    )
    session.execute(
        update(ReceivedMail)
        .where(received_from(found.contact_ids, found.addresses))
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
