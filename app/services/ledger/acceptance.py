"""Record that the provider took a mail: how nearly all mails end, so it reads nothing that it does not write.

The prospect's move is noted once a batch, see `contacted`.
"""

from typing import Any, cast

from sqlalchemy import Select, Table, Update, bindparam, exists, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Attempt, AttemptOutcome, Enrollment, EnrollmentState, Message, MessageKind, MessageState

_MESSAGES = cast("Table", Message.__table__)
_ENROLLMENTS = cast("Table", Enrollment.__table__)
_ATTEMPTS = cast("Table", Attempt.__table__)

_ACCEPT = (
    update(_MESSAGES)
    .where(
        _MESSAGES.c.id == bindparam("of_message"),
        _MESSAGES.c.state == MessageState.HANDING_OVER,
        _MESSAGES.c.attempts == bindparam("of_attempt"),
    )
    .values(
        state=MessageState.ACCEPTED,
        leased_by="",
        lease_until=None,
        not_before_at=None,
        reason="",
        detail="",
        accepted_at=bindparam("at"),
        provider_id=bindparam("provider_id"),
    )
    .returning(_MESSAGES.c.kind, _MESSAGES.c.enrollment_id)
)
_PLAN_AGAIN = update(_ENROLLMENTS).where(_ENROLLMENTS.c.state == EnrollmentState.ACTIVE).values(next_at=bindparam("at"))
_CLOSE = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.id == bindparam("attempt"))
    .values(
        outcome=AttemptOutcome.ACCEPTED,
        detail=bindparam("said"),
        provider_id=bindparam("provider_id"),
        ended_at=bindparam("at"),
    )
)


def accept(
    session: Session, message_id: int, *, attempt_id: int, attempt_number: int, provider_id: str, detail: str
) -> bool:
    """Record it for a mail whose handing over nobody has settled meanwhile; False, with nothing written, otherwise.

    The mail is accepted, its attempt closed, and the planner looks at its enrollment at the next round.
    """
    connection = session.connection()
    values: dict[str, Any] = {"of_message": message_id, "of_attempt": attempt_number, "at": now()}
    values |= {"attempt": attempt_id, "provider_id": provider_id, "said": detail}
    if connection.dialect.name == "postgresql":
        return connection.execute(_ALL_AT_ONCE, values).one_or_none() is not None
    taken = connection.execute(_ACCEPT, values).one_or_none()
    if taken is None:
        return False
    connection.execute(_CLOSE, values)
    if taken.kind is MessageKind.STEP:
        plan_again(session, taken.enrollment_id)
    return True


def plan_again(session: Session, enrollment_id: int | None) -> None:
    """Let the planner look at an active enrollment at its next round."""
    session.connection().execute(_PLAN_ITS_OWN, {"of_enrollment": enrollment_id, "at": now()})


def _all_at_once() -> Select[Any]:
    """Return the three as one statement, which PostgreSQL takes: to ask it twice more costs a mail two milliseconds."""
    taken = _ACCEPT.cte("taken")
    closed: Update = _CLOSE.where(exists(select(taken.c.kind)))
    planned: Update = _PLAN_AGAIN.where(_ENROLLMENTS.c.id == taken.c.enrollment_id, taken.c.kind == MessageKind.STEP)
    return select(taken.c.kind).add_cte(closed.cte("closed"), planned.cte("planned"))


_PLAN_ITS_OWN = _PLAN_AGAIN.where(_ENROLLMENTS.c.id == bindparam("of_enrollment"))
_ALL_AT_ONCE = _all_at_once()
