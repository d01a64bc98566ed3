"""The states of a message in groups, and the one way in which a state changes: compare-and-set on the old one."""

from typing import Any, cast

from sqlalchemy import Table, text, update
from sqlalchemy.orm import Session

from app.models import Message, MessageState

WAITING = (MessageState.PLANNED, MessageState.CLAIMED, MessageState.HANDING_OVER, MessageState.RETRY_WAIT)
SENT = (MessageState.ACCEPTED, MessageState.RESOLVED_SENT)
DOUBTFUL = (MessageState.UNCERTAIN, MessageState.NEEDS_PERSON)
NOT_SENT = (MessageState.SKIPPED, MessageState.RESOLVED_NOT_SENT)
# What may still be skipped by a stop: no worker has begun to hand it over.
NOT_BEGUN = (MessageState.PLANNED, MessageState.CLAIMED, MessageState.RETRY_WAIT)

_MESSAGES = cast("Table", Message.__table__)

# Written out because SQLite uses a partial index only where a query repeats its condition word for word.
OPEN_MESSAGES = text("messages.state IN ('planned', 'claimed', 'handing_over', 'retry_wait', 'uncertain')")
ACTIVE_ENROLLMENTS = text("enrollments.state = 'active'")


def change_state(
    session: Session, message_id: int, *, old: MessageState, held_by: str | None = None, **values: Any
) -> bool:
    """Write the values if the message is still in the old state (and leased by `held_by`); say whether it was.

    Rows already loaded are not refreshed.
    """
    # On the table itself: the same statement through the ORM takes twice the time, for every mail three times.
    condition = [_MESSAGES.c.id == message_id, _MESSAGES.c.state == old]
    if held_by is not None:
        condition.append(_MESSAGES.c.leased_by == held_by)
    session.flush()
    changed = session.connection().execute(
        update(_MESSAGES).where(*condition).values(**values).returning(_MESSAGES.c.id)
    )
    return changed.scalar() is not None
