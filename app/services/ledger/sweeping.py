"""Put right what dead workers left: their claims are free again, their handings over are in doubt."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Attempt, AttemptOutcome, Message, MessageState, Sender
from app.services.ledger.states import OPEN_MESSAGES, change_state
from app.services.ledger.uncertainty import EVENTS_WITHIN_H, ask_a_person, make_uncertain

BATCH = 500
DIED = "The worker that handed it over died before it knew the answer: it may have been sent."


def sweep_ledger(session: Session) -> Counter[MessageState]:
    """Free expired claims, put expired handings over in doubt, ask a person about old doubts; return how many of each.

    Never sends and never sends again: what may have left stays in doubt until an event or a person settles it.
    """
    moved: Counter[MessageState] = Counter()
    moved[MessageState.PLANNED] = _free_claims(session)
    for message in _expired(session, MessageState.HANDING_OVER):
        if make_uncertain(session, message, session.get_one(Sender, message.sender_id), detail=DIED):
            _close_attempt(session, message.id)
            moved[MessageState.UNCERTAIN] += 1
    moved[MessageState.NEEDS_PERSON] = _ask_about_old_doubts(session)
    return moved


def _free_claims(session: Session) -> int:
    freed = session.scalars(
        update(Message)
        .where(OPEN_MESSAGES, Message.state == MessageState.CLAIMED, Message.lease_until < now())
        .values(state=MessageState.PLANNED, leased_by="", lease_until=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(freed)


def _expired(session: Session, state: MessageState) -> list[Message]:
    query = (
        select(Message)
        .where(OPEN_MESSAGES, Message.state == state, Message.lease_until < now())
        .order_by(Message.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _close_attempt(session: Session, message_id: int) -> None:
    session.execute(
        update(Attempt)
        .where(Attempt.message_id == message_id, Attempt.outcome == AttemptOutcome.OPEN)
        .values(outcome=AttemptOutcome.UNCERTAIN, detail=DIED, ended_at=now())
        .execution_options(synchronize_session=False)
    )


def _ask_about_old_doubts(session: Session) -> int:
    """Ask a person about mails that the provider's events have not settled in their time."""
    before = now() - timedelta(hours=EVENTS_WITHIN_H)
    newest = select(Attempt.started_at).where(Attempt.message_id == Message.id).order_by(Attempt.id.desc()).limit(1)
    old = session.scalars(
        select(Message)
        .where(OPEN_MESSAGES, Message.state == MessageState.UNCERTAIN, newest.scalar_subquery() < before)
        .limit(BATCH)
        .execution_options(populate_existing=True)
    ).all()
    for message in old:
        if change_state(session, message.id, old=MessageState.UNCERTAIN, state=MessageState.NEEDS_PERSON):
            ask_a_person(session, message, detail=message.detail)
    return len(old)
