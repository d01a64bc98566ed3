"""Write that a mail is being handed over: its new state and its words, one more among all, and the attempt."""

from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, bindparam, exists, insert, literal, select, true, update
from sqlalchemy.orm import Session

from app.models import Attempt, AttemptOutcome, LedgerMark, Message, MessageState
from app.services.ledger.marks import COUNT, count_handing_over

_MESSAGES = cast("Table", Message.__table__)
_ATTEMPTS = cast("Table", Attempt.__table__)
_MARKS = cast("Table", LedgerMark.__table__)

# What the caller says of the message, by column.
_SAID = (
    *("attempts", "lease_until", "to_address", "subject", "text", "html"),
    *("internet_id", "in_reply_to", "references"),
)
_MOVE = (
    update(_MESSAGES)
    .where(
        _MESSAGES.c.id == bindparam("of_message"),
        _MESSAGES.c.state == MessageState.CLAIMED,
        _MESSAGES.c.leased_by == bindparam("worker"),
    )
    .values(
        {"state": MessageState.HANDING_OVER, "reason": "", "detail": ""}
        | {name: bindparam(name, type_=_MESSAGES.c[name].type) for name in _SAID}
    )
    .returning(_MESSAGES.c.id)
)
_ATTEMPT = {
    "number": bindparam("attempts", type_=_ATTEMPTS.c.number.type),
    "reference": bindparam("reference", type_=_ATTEMPTS.c.reference.type),
    "outcome": literal(AttemptOutcome.OPEN, _ATTEMPTS.c.outcome.type),
    "detail": literal(""),
    "provider_id": literal(""),
    "worker": bindparam("worker", type_=_ATTEMPTS.c.worker.type),
    "started_at": bindparam("at", type_=_ATTEMPTS.c.started_at.type),
}
_ADD_ATTEMPT = insert(_ATTEMPTS).values(_ATTEMPT | {"message_id": bindparam("of_message")}).returning(_ATTEMPTS.c.id)


class Begun(NamedTuple):
    """An attempt that is written: its id, and the mail's number among all that were handed over."""

    attempt_id: int
    number: int


def begin(session: Session, message_id: int, **said: Any) -> Begun | None:
    """Write it for a message claimed by `worker`; None, with nothing written, where it is not theirs any more.

    Takes `worker`, `reference`, `at`, and of the message's columns `attempts`, `lease_until` and what it says.
    """
    session.flush()
    connection = session.connection()
    values = {"of_message": message_id, **said}
    if connection.dialect.name == "postgresql":
        begun = connection.execute(_ALL_AT_ONCE, values).one_or_none()
        if begun is None:
            return None
        return Begun(begun.id, begun.handed_over or count_handing_over(session))
    if connection.execute(_MOVE, values).scalar() is None:
        return None
    number = count_handing_over(session)
    return Begun(connection.execute(_ADD_ATTEMPT, values).scalar_one(), number)


def _all_at_once() -> Select[Any]:
    """Return the three as one statement for PostgreSQL, see `acceptance`; the count is NULL before the first of all."""
    moved = _MOVE.cte("moved")
    counted = COUNT.where(exists(select(moved.c.id))).cte("counted")
    columns = ["message_id", *_ATTEMPT]
    added = insert(_ATTEMPTS).from_select(columns, select(moved.c.id, *_ATTEMPT.values()))
    begun = added.returning(_ATTEMPTS.c.id).cte("begun")
    return select(begun.c.id, counted.c.handed_over).select_from(begun.outerjoin(counted, true()))


_ALL_AT_ONCE = _all_at_once()
