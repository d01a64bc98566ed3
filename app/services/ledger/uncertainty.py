"""Mails of which nobody knows whether they left: listed, settled by the provider's events or by a person's word."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Message, MessageState, Sender, SenderTransport, Task, TaskKind, TaskState
from app.services.ledger.states import change_state
from app.services.tasks import NewTask, open_task

# A provider's events are repeated for a day; what they have not settled by then, they will not.
EVENTS_WITHIN_H = 26


def question_origin(message_id: int) -> str:
    """Return what the task about an uncertain mail calls its origin."""
    return f"message:{message_id}:uncertain"


def make_uncertain(session: Session, message: Message, sender: Sender, *, detail: str) -> bool:
    """Put a message that is being handed over into doubt; only SendGrid will ever tell, so others ask at once."""
    will_tell = sender.transport is SenderTransport.SENDGRID
    is_changed = change_state(
        session,
        message.id,
        old=MessageState.HANDING_OVER,
        state=MessageState.UNCERTAIN if will_tell else MessageState.NEEDS_PERSON,
        reason="uncertain",
        detail=detail,
        leased_by="",
        lease_until=None,
        not_before_at=None,
    )
    if is_changed and not will_tell:
        ask_a_person(session, message, detail=detail)
    return is_changed


def ask_a_person(session: Session, message: Message, *, detail: str) -> None:
    """Open the one task that asks whether a mail was sent."""
    open_task(
        session,
        NewTask(
            program_id=message.program_id,
            title=f"Was the mail to {message.to_address} sent?",
            kind=TaskKind.UNCERTAIN_MAIL,
            prospect_id=message.prospect_id,
            detail=f"{detail} Look into the sender's mailbox or at the provider, then say so on the message.",
            due_at=now(),
            origin=question_origin(message.id),
        ),
    )


def close_question(session: Session, message_id: int) -> None:
    """Close the task about a mail that is settled, where there is one."""
    session.execute(
        update(Task)
        .where(Task.origin == question_origin(message_id), Task.state == TaskState.OPEN)
        .values(state=TaskState.DONE, closed_at=now())
        .execution_options(synchronize_session=False)
    )
