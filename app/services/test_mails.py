"""A test mail: a step as one recipient would get it, sent to the person who asks, through the sender's own way out."""

from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.models import Message, MessageKind, MessageState, Program, Sender, User
from app.queries.sending_rules import sending_lock
from app.services.audit import record_audit
from app.services.composing import Composed
from app.services.errors import InvalidInput
from app.services.retelling import retold


def send_test(session: Session, program: Program, sender: Sender, mail: Composed, *, actor: User) -> Message:
    """Put a test on the list of mails to send. Raises InvalidInput for a mail or a sender that may not leave.

    Its link to unsubscribe belongs to the recipient the preview was made for, so it is taken out.
    """
    if mail.problems:
        raise InvalidInput({"body": " ".join(map(retold, mail.problems))})
    lock = sending_lock(sender)
    if lock:
        raise InvalidInput({"sender_id": retold(lock)})
    moment = now()
    message = Message(
        program_id=program.id,
        kind=MessageKind.TEST,
        sender_id=sender.id,
        to_address=actor.email,
        subject=f"[Test] {mail.subject}"[:400],
        text=_without_way_out(mail.text),
        state=MessageState.PLANNED,
        due_at=moment,
        not_before_at=moment,
        created_by_id=actor.id,
    )
    session.add(message)
    session.flush()
    record_audit(
        session,
        "sequence.test_sent",
        subject=f"message:{message.id}",
        actor_id=actor.id,
        program_id=program.id,
        details={"sender_id": sender.id},
    )
    dispatch_after_commit(session, Job.DRAIN_MAIL, 0)
    return message


def _without_way_out(text: str) -> str:
    lines = [
        "Not for you? Unsubscribe: (a link, in the real mail)" if "/u/" in line else line for line in text.split("\n")
    ]
    return "\n".join(lines)
