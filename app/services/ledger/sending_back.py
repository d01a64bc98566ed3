"""What becomes of a claimed message that may not leave now: it waits, is held for a person, or is skipped."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models import Enrollment, EnrollmentState, Message, MessageState
from app.services.ledger.decision import LOOK_AGAIN_AFTER, Blocker, Decision, Verdict
from app.services.ledger.states import change_state
from app.services.stops import Ending, end_enrollments

CANNOT_COMPOSE = "cannot_compose"
REFUSED = "refused"
_SKIPPING = frozenset((Verdict.ENDED, Verdict.THROUGH))


def send_back(session: Session, message: Message, decision: Decision, *, at: datetime) -> None:
    """Take a claimed message back with the reason; its worker has not begun and goes on with the next one."""
    enrollment_id = message.enrollment_id or 0
    ending = Ending(decision.reason or "step_over", decision.detail or "This step is over already.")
    if decision.verdict in _SKIPPING or (decision.step is not None and decision.step.id != message.step):
        skip(session, message, ending)
        if decision.verdict is Verdict.ENDED:
            end_enrollments(session, [enrollment_id], ending)
    elif decision.verdict is Verdict.NOT_ACTIVE:
        _after_the_end(session, message, ending)
    elif decision.verdict is Verdict.TOO_LATE:
        wait_for_person(session, message, ending)
    else:
        put_off(session, message, ending, until=decision.at or at + LOOK_AGAIN_AFTER, crowded=decision.is_crowded_out)


def put_off(session: Session, message: Message, ending: Ending, *, until: datetime, crowded: bool = False) -> None:
    """Let a claimed message wait until a time. Where other mail was in the way, lateness counts from then."""
    moved = {"due_at": until} if crowded else {}
    _unclaim(session, message, ending, state=MessageState.PLANNED, not_before_at=until, **moved)


def put_answer_off(session: Session, message: Message, blocker: Blocker) -> None:
    """Let an answer wait, or refuse it for good where no time will help."""
    ending = Ending(blocker.rule, blocker.sentence)
    if blocker.until is not None:
        put_off(session, message, ending, until=blocker.until)
    else:
        _unclaim(session, message, ending, state=MessageState.REFUSED, not_before_at=None)


def wait_for_person(session: Session, message: Message, ending: Ending) -> None:
    """Hold a claimed message and its enrollment until a person releases or skips the step."""
    _unclaim(session, message, ending, state=MessageState.PLANNED, not_before_at=None)
    hold_enrollment(session, message.enrollment_id, ending)


def refuse_claimed(session: Session, message: Message, detail: str) -> None:
    """Refuse a claimed message that no transport could take as it is; its enrollment waits for a person."""
    ending = Ending(REFUSED, detail)
    _unclaim(session, message, ending, state=MessageState.REFUSED, not_before_at=None)
    hold_enrollment(session, message.enrollment_id, ending)


def hold_enrollment(session: Session, enrollment_id: int | None, ending: Ending) -> None:
    """Hold an active enrollment with the reason."""
    session.execute(
        update(Enrollment)
        .where(Enrollment.id == enrollment_id, Enrollment.state == EnrollmentState.ACTIVE)
        .values(state=EnrollmentState.HELD, reason=ending.reason, detail=ending.detail, next_at=None)
        .execution_options(synchronize_session=False)
    )


def skip(session: Session, message: Message, ending: Ending) -> None:
    """Skip a claimed message for good."""
    _unclaim(session, message, ending, state=MessageState.SKIPPED, not_before_at=None)


def _after_the_end(session: Session, message: Message, ending: Ending) -> None:
    enrollment = session.get(Enrollment, message.enrollment_id)
    if enrollment is not None and enrollment.state is EnrollmentState.HELD:
        _unclaim(session, message, ending, state=MessageState.PLANNED, not_before_at=None)
    else:
        skip(session, message, ending)


def _unclaim(session: Session, message: Message, ending: Ending, **values: Any) -> None:
    change_state(
        session,
        message.id,
        old=MessageState.CLAIMED,
        held_by=message.leased_by,
        reason=ending.reason[:60],
        detail=ending.detail,
        leased_by="",
        lease_until=None,
        **values,
    )
