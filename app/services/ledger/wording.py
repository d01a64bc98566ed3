"""The words and headers of a mail that is about to leave: composed, threaded to the one before, easy to unsubscribe."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import Enrollment, Message, MessageKind, Sender
from app.services.composing import Known, compose_step, recheck
from app.services.ledger.states import DOUBTFUL, SENT
from app.services.links import own_addresses, reply_address, unsubscribe_page
from app.services.unsubscribes import unsubscribe_token
from outreach.transports.message import Mailbox, new_message_id

_LEFT = (*SENT, *DOUBTFUL)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a mail says; with `problems` it must not leave."""

    subject: str
    text: str
    html: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a mail stands in its conversation; `references` is the oldest first."""

    internet_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


def word_message(session: Session, message: Message, *, known: Known | None = None) -> Wording:
    """Return what a claimed message says: as approved or written by a person, else composed now."""
    enrollment = session.get(Enrollment, message.enrollment_id) if message.enrollment_id else None
    if enrollment is None:
        return Wording(message.subject, message.text, message.html)
    # A first attempt that certainly failed left its words here; only a person's words stay as they are.
    if message.text and message.approved_by_id is not None:
        problems = recheck(session, enrollment, message)
        return Wording(message.subject, message.text, message.html, tuple(problems))
    composed = compose_step(session, enrollment, step_id=message.step or "", variant_id=message.variant, known=known)
    return Wording(composed.subject, composed.text, composed.html, tuple(composed.problems))


def thread_of(message: Message, sender: Sender, around: Iterable[Message]) -> Thread:
    """Return the headers that put a mail under the one before it in its sequence; an answer brings its own.

    `around` are the messages of its enrollment.
    """
    internet_id = message.internet_id or new_message_id(Mailbox(sender.address))
    if message.enrollment_id is None or message.kind is not MessageKind.STEP:
        return Thread(internet_id, message.in_reply_to, tuple(message.references))
    sent = [each for each in around if each.state in _LEFT and each.internet_id and each.id != message.id]
    before = [each.internet_id for each in sorted(sent, key=lambda each: (each.accepted_at or each.due_at, each.id))]
    return Thread(internet_id, before[-1], tuple(before)) if before else Thread(internet_id)


def headers_of(thread: Thread, *, to_address: str, enrollment_token: str) -> dict[str, str]:
    """Return the headers of one mail: its thread, and one-click unsubscribing (RFC 8058) for mail of a sequence."""
    headers: dict[str, str] = {}
    if thread.in_reply_to:
        headers["In-Reply-To"] = thread.in_reply_to
        headers["References"] = " ".join(thread.references or (thread.in_reply_to,))
    if enrollment_token:
        token = unsubscribe_token(to_address, enrollment_token)
        ways = [f"<{unsubscribe_page(token)}>"]
        domain = own_addresses().inbound_domain
        if domain:
            ways.append(f"<mailto:unsubscribe+{token}@{domain}?subject=unsubscribe>")
        headers["List-Unsubscribe"] = ", ".join(ways)
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def reply_mailbox(sender: Sender, *, enrollment_token: str) -> Mailbox | None:
    """Return where answers go: our own address that knows the enrollment, else the sender's; None for its From."""
    own = reply_address(enrollment_token) if enrollment_token else ""
    address = own or sender.reply_to
    return Mailbox(address, sender.name) if address else None
