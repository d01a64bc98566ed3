"""Mails that went out and came in, for tests."""

from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app.clock import now
from app.models import Attempt, AttemptOutcome, Enrollment, Message, MessageState, ReceivedMail
from app.services.received_mail import record_reading, store_mail
from outreach.inbound.content import read_content

_numbers = count(1)


def make_message(session: Session, enrollment: Enrollment, **values: Any) -> Message:
    """Add a mail of an enrollment that left, with its attempt."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "program_id": enrollment.program_id,
        "enrollment_id": enrollment.id,
        "prospect_id": enrollment.prospect_id,
        "contact_id": enrollment.contact_id,
        "sender_id": enrollment.sender_id,
        "step": "first",
        "to_address": "ola@agency.example",
        "subject": "A partner idea",
        "text": "Shall we talk?",
        "internet_id": f"<sent{number}@mail.example>",
        "state": MessageState.ACCEPTED,
        "due_at": now(),
        "not_before_at": now(),
        "accepted_at": now(),
    }
    message = Message(**defaults | values)
    session.add(message)
    session.flush()
    if message.accepted_at is not None:
        outcome = AttemptOutcome.ACCEPTED
        session.add(Attempt(message_id=message.id, number=1, reference=f"pf_{number:032x}", outcome=outcome))
        session.flush()
    return message


def mail_bytes(text: str = "Sounds good.", **headers: str) -> bytes:
    """Return a mail; headers are given with _ for -, an empty value leaves one out."""
    given = {"From": "Ola <ola@agency.example>", "To": "theo@mail.example", "Subject": "Re: A partner idea"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value]
    return ("\r\n".join(lines) + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n").encode()


def receive(session: Session, raw: bytes, *, source: str = "sendgrid", envelope_to: str = "") -> ReceivedMail:
    """Store and read a mail, as the webhook and the job do."""
    mail = store_mail(session, raw, source=source, envelope_to=envelope_to)
    assert mail is not None, "the same mail came twice"
    read = record_reading(session, mail.id, read_content(raw, envelope_to=envelope_to))
    assert read is not None
    return read
