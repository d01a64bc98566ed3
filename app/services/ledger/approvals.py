"""Approval of first mails: a person reads, edits, approves or skips before anything leaves."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.models import Enrollment, EnrollmentState, Message, MessageState
from app.services.audit import record_audit
from app.services.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Words:
    """A mail as a person left it."""

    subject: str
    text: str
    html: str = ""


def approve(session: Session, message_id: int, *, by_user_id: int, edited: Words | None = None) -> Message:
    """Let a waiting mail go when its time comes, as composed then or as edited now.

    The time it waited for a person does not make it too late. Raises NotFound, or Conflict where it waits for nobody.
    """
    message = session.get(Message, message_id, populate_existing=True)
    if message is None:
        raise NotFound(_("There is no such mail."))
    moment = now()
    words = {"subject": edited.subject, "text": edited.text, "html": edited.html} if edited else {}
    approved = session.scalar(
        update(Message)
        .where(
            Message.id == message_id,
            Message.state == MessageState.PLANNED,
            Message.needs_approval,
            Message.approved_by_id.is_(None),
        )
        .values(approved_by_id=by_user_id, not_before_at=max(message.due_at, moment), **words)
        .returning(Message.id)
        .execution_options(synchronize_session="fetch")
    )
    if approved is None:
        raise Conflict(_("This mail is not waiting for approval any more. Reload the page."))
    _count_lateness_from_now(session, message)
    record_audit(
        session,
        "message.approved",
        subject=f"message:{message_id}",
        actor_id=by_user_id,
        program_id=message.program_id,
        details={"edited": edited is not None},
    )
    dispatch_after_commit(session, Job.DRAIN_MAIL, 0)
    return message


def _count_lateness_from_now(session: Session, message: Message) -> None:
    enrollment = session.get(Enrollment, message.enrollment_id)
    if enrollment is None or enrollment.state is not EnrollmentState.ACTIVE or not message.step:
        return
    if message.due_at < now():
        enrollment.rescheduled = enrollment.rescheduled | {message.step: now().isoformat()}
