"""The words and headers of a mail that is about to leave: composed, threaded to the one before, easy to unsubscribe."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Base
from app.models import Company, Enrollment, Message, MessageKind, Program, Prospect, Sender, SequenceVersion
from app.services.composing import compose_step, recheck
from app.services.ledger.states import DOUBTFUL, SENT
from app.services.links import own_addresses, reply_address, unsubscribe_page
from app.services.unsubscribes import unsubscribe_token
from outreach.transports.message import Mailbox, new_message_id


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


def word_message(session: Session, message_id: int) -> Wording:
    """Return what a claimed message says: as approved or written by a person, else composed now."""
    message = session.get_one(Message, message_id)
    enrollment = session.get(Enrollment, message.enrollment_id) if message.enrollment_id else None
    if enrollment is None:
        return Wording(message.subject, message.text, message.html)
    # A first attempt that certainly failed left its words here; only a person's words stay as they are.
    if message.text and message.approved_by_id is not None:
        problems = recheck(session, enrollment, message)
        return Wording(message.subject, message.text, message.html, tuple(problems))
    composed = compose_step(session, enrollment, step_id=message.step or "", variant_id=message.variant)
    return Wording(composed.subject, composed.text, composed.html, tuple(composed.problems))


def keep_shared(session: Session, message_ids: Sequence[int]) -> list[object]:
    """Load what many messages share (senders, versions, programs, companies) with one query each, and return it.

    A session forgets what nobody holds; while the caller holds this list, composing finds it there.
    """
    messages = session.scalars(select(Message).where(Message.id.in_(message_ids))).all()
    enrollments = session.scalars(
        select(Enrollment).where(Enrollment.id.in_([each.enrollment_id for each in messages if each.enrollment_id]))
    ).all()
    prospects = session.scalars(
        select(Prospect).where(Prospect.id.in_([each.prospect_id for each in enrollments]))
    ).all()
    wanted: list[tuple[type[Base], set[int]]] = [
        (Company, {each.company_id for each in prospects}),
        (Program, {each.program_id for each in enrollments}),
        (Sender, {each.sender_id for each in messages}),
        (SequenceVersion, {each.version_id for each in enrollments}),
    ]
    kept: list[object] = [*messages, *enrollments, *prospects]
    for kind, ids in wanted:
        kept += session.scalars(select(kind).where(kind.__table__.c.id.in_(ids))).all()
    return kept


def thread_of(session: Session, message: Message, sender: Sender) -> Thread:
    """Return the headers that put a mail under the one before it in its sequence; an answer brings its own."""
    internet_id = message.internet_id or new_message_id(Mailbox(sender.address))
    if message.enrollment_id is None or message.kind is not MessageKind.STEP:
        return Thread(internet_id, message.in_reply_to, tuple(message.references))
    before = session.scalars(
        select(Message.internet_id)
        .where(
            Message.enrollment_id == message.enrollment_id,
            Message.kind == MessageKind.STEP,
            Message.id != message.id,
            Message.state.in_((*SENT, *DOUBTFUL)),
            Message.internet_id != "",
        )
        .order_by(Message.accepted_at, Message.id)
    ).all()
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
