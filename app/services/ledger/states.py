"""The states of a message in groups, and the one way in which a state changes: compare-and-set on the old one."""

from typing import Any, cast

from sqlalchemy import Table, bindparam, text, update
from sqlalchemy.orm import Session

from app.models import Message, MessageState

WAITING = (MessageState.PLANNED, MessageState.CLAIMED, MessageState.HANDING_OVER, MessageState.RETRY_WAIT)
SENT = (MessageState.ACCEPTED, MessageState.RESOLVED_SENT)
DOUBTFUL = (MessageState.UNCERTAIN, MessageState.NEEDS_PERSON)
NOT_SENT = (MessageState.SKIPPED, MessageState.RESOLVED_NOT_SENT)
# What may still be skipped by a stop: no worker has begun to hand it over.
NOT_BEGUN = (MessageState.PLANNED, MessageState.CLAIMED, MessageState.RETRY_WAIT)

_MESSAGES = cast("Table", Message.__table__)
# On the table itself and made once: through the ORM it takes several times as long, for every mail three times.
_CHANGE = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("of_message"), _MESSAGES.c.state == bindparam("old_state"))
    .returning(_MESSAGES.c.id)
)
_CHANGE_HELD = _CHANGE.where(_MESSAGES.c.leased_by == bindparam("held_by"))

# Written out because SQLite uses a partial index only where a query repeats its condition word for word.
OPEN_MESSAGES = text("messages.state IN ('planned', 'claimed', 'handing_over', 'retry_wait', 'uncertain')")
CLAIMABLE_MESSAGES = text("messages.state IN ('planned', 'retry_wait')")
ACTIVE_ENROLLMENTS = text("enrollments.state = 'active'")


def change_state(
    session: Session, message_id: int, *, old: MessageState, held_by: str | None = None, **values: Any
) -> bool:
    """Write the values if the message is still in the old state (and leased by `held_by`); say whether it was.

    Rows already loaded are not refreshed.
    """
    session.flush()
    where = {"of_message": message_id, "old_state": old}
    if held_by is None:
        changed = session.connection().execute(_CHANGE, {**where, **values})
    else:
        changed = session.connection().execute(_CHANGE_HELD, {**where, **values, "held_by": held_by})
    return changed.scalar() is not None
