"""What follows from a mail having left: the sequence goes on, the prospect moves forward on the board."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Message, MessageKind, MessageState
from app.services.ledger.acceptance import plan_again
from app.services.ledger.contacted import note_contacted
from app.services.ledger.states import change_state
from app.services.ledger.uncertainty import close_question


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
