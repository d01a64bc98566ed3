"""Claim due messages for one worker by compare-and-set, with a lease that runs out if the worker dies."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Message, MessageState
from app.services.ledger.states import CLAIMABLE_MESSAGES, change_state

# Longer than a whole SMTP conversation of timeouts; a lease that runs out too early is safe, only late news.
LEASE = timedelta(seconds=180)
AFTER_A_FAULT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who holds messages, for how long, and the most handings over it knows of from outside the database."""

    name: str
    lease: timedelta = LEASE
    remembered: int = 0


def claimable(at: datetime) -> ColumnElement[bool]:
    """Return what makes a message ready for a worker: its time has come, and nobody has to approve it first."""
    return and_(
        CLAIMABLE_MESSAGES,
        Message.not_before_at <= at,
        or_(Message.needs_approval.is_(False), Message.approved_by_id.is_not(None)),
    )


def claim(session: Session, worker: Worker, *, limit: int) -> list[int]:
    """Take up to `limit` due messages, the longest due first, and return their ids; no other worker gets them."""
    moment = now()
    due = session.scalars(
        select(Message.id)
        .where(claimable(moment))
        .order_by(Message.not_before_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    taken = session.scalars(
        update(Message)
        .where(Message.id.in_(due), Message.state.in_((MessageState.PLANNED, MessageState.RETRY_WAIT)))
        .values(state=MessageState.CLAIMED, leased_by=worker.name, lease_until=moment + worker.lease)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    won = set(taken)
    return [message_id for message_id in due if message_id in won]


def put_aside(session: Session, message_id: int, worker: Worker, *, detail: str) -> None:
    """Give a claimed message back that a fault of ours kept from leaving, to be tried again in a while."""
    change_state(
        session,
        message_id,
        old=MessageState.CLAIMED,
        held_by=worker.name,
        state=MessageState.PLANNED,
        not_before_at=now() + AFTER_A_FAULT,
        reason="our_fault",
        detail=detail,
        leased_by="",
        lease_until=None,
    )
