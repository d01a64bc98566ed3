"""What a received mail does to outreach: it stops what must stop, at once, and moves the prospect who answered.

Bounces, complaints and wishes become events of the ledger wherever the mail they speak of is known, so that there is
one place that decides about them, whether the provider's webhook tells or a mailbox.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Attempt,
    Contact,
    Enrollment,
    EnrollmentState,
    MatchedBy,
    Message,
    MessageState,
    MoveEvent,
    Prospect,
    ProviderEvent,
    ReceivedMail,
    Stage,
    StopKind,
    SuppressionReason,
    is_allowed,
)
from app.services.errors import InvalidInput
from app.services.ledger.delivery import apply_delivery_event
from app.services.moves import move_prospect
from app.services.notifying.occasions import reply_came
from app.services.stops import record_stop
from app.services.suppressions import suppress
from outreach.events import EventKind
from outreach.inbound import InboundKind


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a kind of mail means: the event for the ledger, why the address is suppressed, what it stops."""

    event: EventKind
    reason: SuppressionReason | None = None
    stop: StopKind | None = None


_EFFECTS = {
    InboundKind.BOUNCE_HARD: _Effect(EventKind.HARD_BOUNCE, SuppressionReason.HARD_BOUNCE, StopKind.BOUNCE),
    InboundKind.BOUNCE_SOFT: _Effect(EventKind.SOFT_BOUNCE),
    InboundKind.COMPLAINT: _Effect(EventKind.COMPLAINT, SuppressionReason.COMPLAINT, StopKind.COMPLAINT),
    InboundKind.UNSUBSCRIBE: _Effect(EventKind.OPT_OUT, SuppressionReason.OPT_OUT, StopKind.OPT_OUT),
}


def heed_mail(session: Session, mail: ReceivedMail, *, recipients: list[str]) -> None:
    """Do what a mail asks for or proves. `recipients` are the people we wrote to whom it is about; see `Classified`."""
    kind = InboundKind(mail.kind)
    if kind is InboundKind.REPLY:
        _heed_reply(session, mail)
    elif kind in _EFFECTS:
        _heed_event(session, mail, _EFFECTS[kind], recipients)
    if kind in (InboundKind.REPLY, InboundKind.AUTO_REPLY) and mail.matched_by is MatchedBy.MESSAGE_ID:
        _settle_uncertain(session, mail)


def _heed_reply(session: Session, mail: ReceivedMail) -> None:
    prospect = session.get(Prospect, mail.prospect_id, with_for_update=True) if mail.prospect_id else None
    if prospect is None or (mail.matched_by is MatchedBy.COMPANY and not _was_written_to(session, prospect.id)):
        return
    reply_came(session, mail, prospect)
    _stop(session, mail, StopKind.REPLY)
    if is_allowed(MoveEvent.REPLY, prospect.stage, Stage.ENGAGED):
        reason = f"Answered: {mail.subject}"[:300] if mail.subject else "Answered."
        move_prospect(session, prospect, to_stage=Stage.ENGAGED, event=MoveEvent.REPLY, by_user_id=None, reason=reason)


def _heed_event(session: Session, mail: ReceivedMail, effect: _Effect, recipients: list[str]) -> None:
    message = session.get(Message, mail.message_id) if mail.message_id else None
    if message is not None:
        _tell_ledger(session, mail, message, effect.event)
    if effect.reason is None or effect.stop is None:
        return
    for address in _concerned(session, mail, message, effect, recipients):
        try:
            suppress(session, address, reason=effect.reason, source=f"inbound:{mail.id}")
        except InvalidInput as error:
            mail.detail = f"{mail.detail}\nNot put on the suppression list: {error}".strip()
    if mail.prospect_id is None:
        return
    if mail.contact_id is not None:
        _stop(session, mail, effect.stop)
    elif effect.event is EventKind.OPT_OUT:
        _stop_company(session, mail, mail.prospect_id)


def _concerned(
    session: Session, mail: ReceivedMail, message: Message | None, effect: _Effect, recipients: list[str]
) -> list[str]:
    """Return the addresses to suppress: of a wish its sender's and the one we wrote to, else those we wrote to."""
    if effect.event is EventKind.OPT_OUT:
        own = [message.to_address] if message is not None else []
        return list(dict.fromkeys([address for address in (mail.from_address, *own) if address]))
    # Anybody can send a mail that looks like a bounce of any address: only those that we wrote to are believed.
    named = set(session.scalars(select(Message.to_address).where(Message.to_address.in_(recipients[:50])).distinct()))
    if not named and message is not None and not recipients:
        named = {message.to_address}
    return sorted(named)


def _tell_ledger(session: Session, mail: ReceivedMail, message: Message, kind: EventKind) -> None:
    reference = session.scalar(
        select(Attempt.reference).where(Attempt.message_id == message.id).order_by(Attempt.number.desc()).limit(1)
    )
    if reference is None:
        return
    key = hashlib.sha256(f"mail:{mail.content_key}:{kind.value}:{message.id}".encode()).hexdigest()
    if session.scalar(select(ProviderEvent.id).where(ProviderEvent.content_key == key)) is not None:
        return
    event = ProviderEvent(
        content_key=key,
        reference=reference,
        kind=kind.value,
        at=mail.received_at,
        payload={"email": message.to_address, "mail_id": mail.id, "reason": mail.kind_reason},
    )
    session.add(event)
    session.flush()
    apply_delivery_event(session, event)


def _settle_uncertain(session: Session, mail: ReceivedMail) -> None:
    """An answer to a mail whose fate was open proves that it arrived."""
    message = session.get(Message, mail.message_id) if mail.message_id else None
    if message is not None and message.state in (MessageState.UNCERTAIN, MessageState.NEEDS_PERSON):
        _tell_ledger(session, mail, message, EventKind.DELIVERED)


def _stop(session: Session, mail: ReceivedMail, kind: StopKind) -> None:
    for contact_id in [mail.contact_id] if mail.contact_id else _being_written_to(session, mail.prospect_id):
        contact = session.get_one(Contact, contact_id)
        record_stop(
            session,
            contact_id=contact.id,
            company_id=contact.company_id,
            program_id=mail.program_id,
            kind=kind,
            source=f"inbound:{mail.id}",
        )


def _stop_company(session: Session, mail: ReceivedMail, prospect_id: int) -> None:
    """End what runs to anybody of a company from which an unknown address asks for no more mail: it may be theirs."""
    if _being_written_to(session, prospect_id):
        record_stop(
            session,
            contact_id=None,
            company_id=session.get_one(Prospect, prospect_id).company_id,
            kind=StopKind.OPT_OUT,
            source=f"inbound:{mail.id}",
        )


def _being_written_to(session: Session, prospect_id: int | None) -> Sequence[int]:
    """Return the contacts in a sequence, where only the company is known: it may be any of them who answers."""
    query = select(Enrollment.contact_id).where(
        Enrollment.prospect_id == prospect_id, Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.HELD))
    )
    return session.scalars(query.distinct()).all()


def _was_written_to(session: Session, prospect_id: int) -> bool:
    query = select(Message.id).where(Message.prospect_id == prospect_id, Message.accepted_at.is_not(None))
    return session.scalar(query.limit(1)) is not None
