"""A fresh database full of enrollments that are due: a program, three senders, one mail for each contact."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app import db
from app.clock import now
from app.models import (
    Company,
    Contact,
    ContactBasis,
    ContactField,
    ContactValue,
    Enrollment,
    EnrollmentState,
    Program,
    ProgramType,
    Prospect,
    Provenance,
    Sender,
    SenderTransport,
    Sequence,
    SequenceVersion,
    Stage,
)

SENDERS = 3
_AT_ONCE = 500
_ALWAYS = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}
CONTENT: dict[str, Any] = {
    "plan": {"id": "crash", "window": _ALWAYS, "steps": [{"id": "first", "kind": "email"}]},
    "words": {"first": {"": {"subject": "{{ company.name }} and us", "body": "Hello,\n\nshall we talk?"}}},
    "keeps_holidays": False,
}


def migrate() -> None:
    """Bring the configured database to the newest schema."""
    config = Config(str(Path(__file__).parents[3] / "alembic.ini"))
    with db.engine().begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def fill(session: Session, *, messages: int, due_now: int | None = None) -> int:
    """Add `messages` enrollments of one mail each, `due_now` of them (all) due; return the program's id."""
    program = Program(slug="crash", name="Crash test", type=ProgramType.AGENCY)
    session.add(program)
    session.flush()
    senders = [_sender(program.id, number) for number in range(SENDERS)]
    sequence = Sequence(program_id=program.id, name="Crash test")
    session.add_all([*senders, sequence])
    session.flush()
    version = SequenceVersion(sequence_id=sequence.id, number=1, content=CONTENT)
    session.add(version)
    session.flush()
    due = messages if due_now is None else due_now
    for start in range(0, messages, _AT_ONCE):
        numbers = range(start + 1, min(start + _AT_ONCE, messages) + 1)
        _add_people(session, program.id, numbers)
        session.execute(
            insert(Enrollment), list(_enrollments(program.id, sequence.id, version.id, senders, numbers, due))
        )
    return program.id


def address_of(number: int) -> str:
    """Return the address of a contact, a domain for each."""
    return f"partner@site{number}.example"


def _sender(program_id: int, number: int) -> Sender:
    return Sender(
        program_id=program_id,
        name=f"Sender {number}",
        address=f"sender{number}@mail.example",
        postal_address="12 Harbor Street, Portland",
        transport=SenderTransport.SENDGRID,
        is_cleared=True,
        daily_cap=None,
        domain_spacing_s=0,
    )


def _add_people(session: Session, program_id: int, numbers: range) -> None:
    """Add companies, prospects and consenting contacts; on an empty database the ids are the numbers."""
    session.execute(
        insert(Company),
        [
            {"id": n, "domain": f"site{n}.example", "name": f"Site {n}", "website": f"https://site{n}.example/"}
            for n in numbers
        ],
    )
    session.execute(
        insert(Prospect),
        [
            {"id": n, "program_id": program_id, "company_id": n, "stage": Stage.QUALIFIED, "rank": f"m{n:07d}"}
            for n in numbers
        ],
    )
    session.execute(insert(Contact), [{"id": n, "company_id": n, "key": address_of(n)} for n in numbers])
    session.execute(
        insert(ContactValue),
        [
            {
                "contact_id": n,
                "field": ContactField.EMAIL,
                "value": address_of(n),
                "provenance": Provenance.PAGE,
                "source": f"https://site{n}.example/contact",
            }
            for n in numbers
        ],
    )
    session.execute(
        insert(ContactBasis), [{"program_id": program_id, "contact_id": n, "has_consented": True} for n in numbers]
    )


def _enrollments(
    program_id: int, sequence_id: int, version_id: int, senders: list[Sender], numbers: range, due: int
) -> Iterator[dict[str, Any]]:
    moment = now()
    for n in numbers:
        yield {
            "program_id": program_id,
            "prospect_id": n,
            "contact_id": n,
            "sequence_id": sequence_id,
            "version_id": version_id,
            "sender_id": senders[n % SENDERS].id,
            "state": EnrollmentState.ACTIVE,
            "token": secrets.token_hex(16),
            "enrolled_at": moment,
            "next_at": moment if n <= due else moment + timedelta(days=1 + n % 30, seconds=n % 86_400),
        }
