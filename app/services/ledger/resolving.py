"""A person settles a mail in doubt with one click: it was sent, or it was not; and may then send it again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.models import Attempt, Enrollment, EnrollmentState, Message, MessageState
from app.services.audit import record_audit
from app.services.errors import Conflict, NotFound
from app.services.ledger.sending_back import hold_enrollment
from app.services.ledger.sent import mark_sent
from app.services.ledger.states import DOUBTFUL, change_state
from app.services.ledger.uncertainty import close_question
from app.services.stops import Ending

NOT_SENT = "resolved_not_sent"
_SENDABLE_AGAIN = (MessageState.RESOLVED_NOT_SENT, MessageState.REFUSED)


def resolve(session: Session, message_id: int, *, was_sent: bool, by_user_id: int) -> None:
    """Settle a mail in doubt. Where it was not sent, its step waits to be sent again or skipped.

    Raises NotFound, and Conflict where it is in doubt no more.
    """
    message = _locked(session, message_id)
    if message.state not in DOUBTFUL:
        raise Conflict(_("This mail is not in doubt any more: an event or somebody else settled it. Reload the page."))
    started_at = session.scalar(
        select(Attempt.started_at).where(Attempt.message_id == message_id).order_by(Attempt.id.desc()).limit(1)
    )
    if was_sent:
        at = started_at or now()
        is_changed = mark_sent(session, message, state=MessageState.RESOLVED_SENT, at=at, provider_id="")
    else:
        detail = "A person looked: it was not sent. Send it again or skip the step."
        is_changed = change_state(
            session, message_id, old=message.state, state=MessageState.RESOLVED_NOT_SENT, reason=NOT_SENT, detail=detail
        )
        close_question(session, message_id)
        hold_enrollment(session, message.enrollment_id, Ending(NOT_SENT, detail))
    if not is_changed:
        raise Conflict(_("Somebody else settled this mail at this moment. Reload the page."))
    _audit(session, message, "message.resolved", by_user_id=by_user_id, was_sent=was_sent)


def send_again(session: Session, message_id: int, *, by_user_id: int) -> None:
    """Plan a mail anew that certainly did not leave: refused, or not sent by a person's word.

    Raises NotFound, and Conflict for a mail that may have left, or whose sequence has ended.
    """
    message = _locked(session, message_id)
    if message.state not in _SENDABLE_AGAIN:
        raise Conflict(_("Only a mail that was refused or certainly not sent can be sent again. Reload the page."))
    enrollment = session.get(Enrollment, message.enrollment_id) if message.enrollment_id else None
    if enrollment is not None and enrollment.state not in (EnrollmentState.ACTIVE, EnrollmentState.HELD):
        raise Conflict(_("Its sequence has ended: %(why)s", why=enrollment.detail or enrollment.state.value))
    moment = now()
    change_state(
        session,
        message_id,
        old=message.state,
        state=MessageState.PLANNED,
        reason="",
        detail="",
        due_at=moment,
        not_before_at=moment,
    )
    if enrollment is not None and message.step:
        enrollment.state, enrollment.reason, enrollment.detail = EnrollmentState.ACTIVE, "", ""
        enrollment.rescheduled = enrollment.rescheduled | {message.step: moment.isoformat()}
    _audit(session, message, "message.sent_again", by_user_id=by_user_id)
    dispatch_after_commit(session, Job.DRAIN_MAIL, 0)


def _locked(session: Session, message_id: int) -> Message:
    message = session.get(Message, message_id, populate_existing=True, with_for_update=True)
    if message is None:
        raise NotFound(_("There is no such mail."))
    return message


def _audit(session: Session, message: Message, action: str, *, by_user_id: int, **details: object) -> None:
    record_audit(
        session,
        action,
        subject=f"message:{message.id}",
        actor_id=by_user_id,
        program_id=message.program_id,
        details=details,
    )
