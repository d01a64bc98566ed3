"""A ledger with enrollments that are due, a transport that does as it is told, and a worker in this process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.jobs.sending import Sending
from app.models import ContactBasis, Enrollment, Message, Program, Prospect, Sender, SenderTransport, Sequence
from app.queries.ledger import Equation, equation
from app.services.ledger.claiming import LEASE
from app.services.ledger.planning import plan_due
from outreach.transports.message import Accepted
from outreach.transports.message import Message as Mail
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.world import make_program, make_prospect

ALWAYS_OPEN = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}
WORDS = {"": {"subject": "Hello from us", "body": "Shall we talk?"}}


def content(*steps: dict[str, Any], **plan: Any) -> dict[str, Any]:
    """Return what a sequence of these steps says; without any, of one mail."""
    chosen = list(steps) or [{"id": "first", "kind": "email"}]
    task = {"": {"channel": "call", "title": "Call {{ company.name }}", "body": "Ask how they are."}}
    return {
        "plan": {"id": "s", "window": ALWAYS_OPEN, "steps": chosen, **plan},
        "words": {step["id"]: task if step["kind"] == "task" else WORDS for step in chosen if step["kind"] != "wait"},
        "keeps_holidays": False,
    }


@dataclass
class Memory:
    """What a worker remembers, in this process only."""

    number: int | None = 0

    def remembered(self) -> int | None:
        return self.number

    def remember(self, number: int) -> None:
        self.number = max(number, self.number or 0)


@dataclass
class FakeTransport:
    """Takes every mail, or answers as `answer` says: it may raise, and may look at the database."""

    answer: Callable[[Mail], Accepted] | None = None
    sent: list[Mail] = field(default_factory=list)

    def send(self, message: Mail) -> Accepted:
        self.sent.append(message)
        return self.answer(message) if self.answer else Accepted(f"<provider-{len(self.sent)}>")


@dataclass
class Ledger:
    """A program with a sender and a sequence; contacts are added as needed."""

    program: Program
    sender: Sender
    sequence: Sequence
    transport: FakeTransport = field(default_factory=FakeTransport)
    memory: Memory = field(default_factory=Memory)

    def enroll(self, session: Session, number: int = 1, **values: Any) -> list[Enrollment]:
        """Enroll consenting contacts of companies of their own; they are due at once."""
        return [self._enroll(session, make_prospect(session, self.program), **values) for _ in range(number)]

    def enroll_at(self, session: Session, prospect: Prospect, **values: Any) -> Enrollment:
        """Enroll one more contact of a company."""
        return self._enroll(session, prospect, **values)

    def _enroll(self, session: Session, prospect: Prospect, **values: Any) -> Enrollment:
        contact = make_contact(session, prospect, email=f"ola@{prospect.id}-{len(values)}.agency.example")
        session.add(ContactBasis(program_id=self.program.id, contact_id=contact.id, has_consented=True))
        return make_enrollment(session, prospect, contact, self.sequence, self.sender, **values)

    def plan(self) -> dict[str, int]:
        """Plan what is due, in a transaction of its own."""
        with transaction() as session:
            return {verdict.value: number for verdict, number in plan_due(session).items()}

    def worker(self, lease: timedelta = LEASE) -> Sending:
        """Return a worker that hands its mail to the fake transport."""
        return Sending(self.memory, lease=lease, transport_of=lambda _sender: self.transport)

    def send(self) -> int:
        """Plan, then send all that is due."""
        self.plan()
        return self.worker().drain(lane=0)


def make_ledger(session: Session, said: dict[str, Any] | None = None, **sender: Any) -> Ledger:
    """Make the world of a test: a SendGrid sender without a cap, and a sequence of one mail unless said otherwise."""
    program = make_program(session)
    defaults = {
        "transport": SenderTransport.SENDGRID,
        "is_cleared": True,
        "daily_cap": None,
        "domain_spacing_s": 0,
    }
    made = make_sender(session, program, **defaults | sender)
    return Ledger(program, made, make_sequence(session, program, made, content=said or content()))


def messages() -> list[Message]:
    """Return every message as it stands."""
    with reading() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def only_message() -> Message:
    """Return the one message there is."""
    [message] = messages()
    return message


def enrollments() -> list[Enrollment]:
    """Return every enrollment as it stands."""
    with reading() as session:
        return list(session.scalars(select(Enrollment).order_by(Enrollment.id)))


def balance() -> Equation:
    """Return the equation, which every test may ask for at any moment."""
    with reading() as session:
        return equation(session)
