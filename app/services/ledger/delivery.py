"""What the provider says of a mail after it took it: applied by rank, never by arrival.

Events come late, often, in any order and under new ids. So each kind of event has one effect that does not depend on
what came before: the strongest one is what a message shows, and every one that stops outreach stops it.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.log import get_logger
from app.models import (
    Attempt,
    AttemptOutcome,
    Delivery,
    Message,
    MessageState,
    ProviderEvent,
    StopKind,
    SuppressionReason,
)
from app.services.errors import InvalidInput
from app.services.ledger.gate import close_gate
from app.services.ledger.health import check_sender
from app.services.ledger.sent import mark_sent
from app.services.ledger.states import SENT
from app.services.stops import record_stop
from app.services.suppressions import suppress
from outreach.events import EventKind

log = get_logger(__name__)

_RANK = {delivery: rank for rank, delivery in enumerate(Delivery)}
_SHOWN = {
    EventKind.PROCESSED: Delivery.PROCESSED,
    EventKind.DEFERRED: Delivery.DEFERRED,
    EventKind.DELIVERED: Delivery.DELIVERED,
    EventKind.SOFT_BOUNCE: Delivery.SOFT_BOUNCED,
    EventKind.HARD_BOUNCE: Delivery.HARD_BOUNCED,
    EventKind.DROPPED: Delivery.DROPPED,
    EventKind.OPT_OUT: Delivery.OPTED_OUT,
    EventKind.COMPLAINT: Delivery.COMPLAINED,
}
_STOPPING = {
    EventKind.HARD_BOUNCE: (SuppressionReason.HARD_BOUNCE, StopKind.BOUNCE),
    EventKind.OPT_OUT: (SuppressionReason.OPT_OUT, StopKind.OPT_OUT),
    EventKind.COMPLAINT: (SuppressionReason.COMPLAINT, StopKind.COMPLAINT),
}
# Whatever else is said of a mail, the provider must have had it.
_PROVES_NOTHING = frozenset((EventKind.OTHER, EventKind.RESUBSCRIBED))


def apply_delivery_event(session: Session, event: ProviderEvent) -> None:
    """Apply one event to the attempt and message it speaks of, and set its `message_id` and `is_applied`.

    An event whose attempt is not known (yet) stays unapplied; applying one twice changes nothing.
    """
    kind = EventKind(event.kind)
    if kind in _STOPPING:
        close_gate(session)
    attempt = _attempt_of(session, event)
    if attempt is None:
        return
    message = session.get_one(Message, attempt.message_id, populate_existing=True, with_for_update=True)
    if kind not in _PROVES_NOTHING:
        _settle(session, message, attempt, event)
    if kind in _SHOWN:
        _show(message, _SHOWN[kind], event)
    if kind in _STOPPING:
        _stop(session, message, kind, event)
    event.message_id, event.is_applied = message.id, True
    session.flush()


def _attempt_of(session: Session, event: ProviderEvent) -> Attempt | None:
    """Find the attempt by our own reference, else by the provider's id, which its event ids begin with."""
    if event.reference:
        return session.scalar(select(Attempt).where(Attempt.reference == event.reference))
    provider_id = str(event.payload.get("sg_message_id") or "").partition(".")[0]
    if not provider_id:
        return None
    message_id = session.scalar(select(Message.id).where(Message.provider_id == provider_id).limit(1))
    newest = select(Attempt).where(Attempt.message_id == message_id).order_by(Attempt.id.desc()).limit(1)
    return session.scalar(newest) if message_id else None


def _settle(session: Session, message: Message, attempt: Attempt, event: ProviderEvent) -> None:
    """Take the event as proof that this attempt left, whatever we believed before."""
    if attempt.outcome in (AttemptOutcome.OPEN, AttemptOutcome.UNCERTAIN):
        attempt.outcome, attempt.ended_at = AttemptOutcome.ACCEPTED, event.at
    if message.state in SENT:
        return
    is_newest = attempt.id == session.scalar(select(func.max(Attempt.id)).where(Attempt.message_id == message.id))
    if message.state is MessageState.HANDING_OVER and not is_newest:
        log.error("mail_sent_twice", message_id=message.id, attempt_id=attempt.id)
        return
    is_first_news = message.state is MessageState.HANDING_OVER
    state = MessageState.ACCEPTED if is_first_news else MessageState.RESOLVED_SENT
    provider_id = str(event.payload.get("sg_message_id") or "").partition(".")[0]
    mark_sent(session, message, state=state, at=attempt.started_at, provider_id=provider_id[:300])
    session.refresh(message)


def _show(message: Message, said: Delivery, event: ProviderEvent) -> None:
    """Keep the strongest news and the earliest time it was said of."""
    if _RANK[said] > _RANK[message.delivery]:
        message.delivery, message.delivery_at = said, event.at
    elif said is message.delivery:
        message.delivery_at = min(message.delivery_at or event.at, event.at)


def _stop(session: Session, message: Message, kind: EventKind, event: ProviderEvent) -> None:
    """End outreach to the address and the person."""
    reason, stop_kind = _STOPPING[kind]
    source = f"message:{message.id}"
    try:
        suppress(session, message.to_address, reason=reason, source=source)
    except InvalidInput as error:
        log.warning("address_not_suppressed", message_id=message.id, cause=str(error))
    if message.contact_id is not None:
        record_stop(
            session, contact_id=message.contact_id, program_id=message.program_id, kind=stop_kind, source=source
        )
    session.flush()
    if kind is not EventKind.OPT_OUT:
        check_sender(session, message.sender_id)
