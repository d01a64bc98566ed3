"""What follows from a mail having left: the sequence goes on, the prospect moves forward on the board."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Enrollment, EnrollmentState, Message, MessageKind, MessageState
from app.services.ledger.contacted import note_contacted
from app.services.ledger.states import change_state
from app.services.ledger.uncertainty import close_question

_MESSAGES = cast("Table", Message.__table__)
_ACCEPT = (
    update(_MESSAGES)
    .where(
        _MESSAGES.c.id == bindparam("of_message"),
        _MESSAGES.c.state == MessageState.HANDING_OVER,
        _MESSAGES.c.attempts == bindparam("of_attempt"),
    )
    .values(state=MessageState.ACCEPTED, leased_by="", lease_until=None, not_before_at=None, reason="", detail="")
    .returning(_MESSAGES.c.kind, _MESSAGES.c.enrollment_id, _MESSAGES.c.prospect_id)
)
_ENROLLMENTS = cast("Table", Enrollment.__table__)
_PLAN_AGAIN = update(_ENROLLMENTS).where(
    _ENROLLMENTS.c.id == bindparam("of_enrollment"), _ENROLLMENTS.c.state == EnrollmentState.ACTIVE
)


def accept(session: Session, message_id: int, *, attempt_number: int, provider_id: str) -> bool:
    """Record that the provider took a mail whose handing over nobody has settled meanwhile; False where somebody has.

    This is how nearly all mails end, so it reads nothing that it does not write; the prospect's move is noted once a
    batch, see `contacted`.
    """
    named = {"provider_id": provider_id} if provider_id else {}
    values = {"of_message": message_id, "of_attempt": attempt_number, "accepted_at": now(), **named}
    taken = session.connection().execute(_ACCEPT, values).one_or_none()
    if taken is None:
        return False
    if taken.kind is MessageKind.STEP:
        plan_again(session, taken.enrollment_id)
    return True


def mark_sent(session: Session, message: Message, *, state: MessageState, at: datetime, provider_id: str) -> bool:
    """Put a message into `accepted` or `resolved_sent` from the state it was read in; False where it changed since.

    `at` is when it left: the next step's delay counts from there.
    """
    is_changed = change_state(
        session,
        message.id,
        old=message.state,
        state=state,
        accepted_at=at,
        provider_id=provider_id or message.provider_id,
        leased_by="",
        lease_until=None,
        not_before_at=None,
        reason="",
        detail="",
    )
    if not is_changed:
        return False
    if message.state is not MessageState.HANDING_OVER:
        close_question(session, message.id)
    if message.kind is MessageKind.STEP:
        plan_again(session, message.enrollment_id)
        if message.prospect_id is not None:
            note_contacted(session, [message.prospect_id])
    return True


def plan_again(session: Session, enrollment_id: int | None) -> None:
    """Let the planner look at an active enrollment at its next round."""
    session.connection().execute(_PLAN_AGAIN, {"of_enrollment": enrollment_id, "next_at": now()})
