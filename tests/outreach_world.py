"""Rows of the outreach for tests: a sender, a published sequence, a contact with an address, an enrollment."""

from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Contact,
    ContactBasis,
    ContactField,
    ContactValue,
    CountryRule,
    Crawl,
    CrawlState,
    Enrollment,
    EnrollmentBatch,
    Message,
    Page,
    Program,
    Prospect,
    Provenance,
    Sender,
    SenderTransport,
    Sequence,
    SequenceVersion,
)

_numbers = count(1)

CONTENT: dict[str, Any] = {
    "plan": {
        "id": "agencies",
        "window": {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"},
        "steps": [
            {"id": "first", "kind": "email"},
            {"id": "call", "kind": "task", "delay": {"working_days": 2}},
            {"id": "second", "kind": "email", "delay": {"working_days": 2}},
        ],
    },
    "words": {
        "first": {
            "": {
                "subject": "{{ company.name }} and us",
                "body": 'Hello {{ contact.first_name | default: "there" }},\n\nshall we talk?',
            }
        },
        "call": {"": {"channel": "call", "title": "Call {{ company.name }}", "body": "Ask how they are."}},
        "second": {"": {"subject": "", "body": "Did you see my mail?"}},
    },
    "keeps_holidays": True,
}


def make_sender(session: Session, program: Program, **values: Any) -> Sender:
    """Add a sender that keeps its mail in the outbox."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "program_id": program.id,
        "name": "Theo Brandvold",
        "address": f"theo{number}@mail.example",
        "signature": "Theo Brandvold\nPartner team",
        "postal_address": "12 Harbor Street, Portland",
        "transport": SenderTransport.OUTBOX,
    }
    sender = Sender(**defaults | values)
    session.add(sender)
    session.flush()
    return sender


def make_sequence(
    session: Session,
    program: Program,
    sender: Sender | None = None,
    content: dict[str, Any] | None = None,
    **values: Any,
) -> Sequence:
    """Add a sequence whose version 1 is published and whose draft says the same."""
    sequence = Sequence(
        **{
            "program_id": program.id,
            "name": f"Sequence {next(_numbers)}",
            "sender_id": sender.id if sender else None,
        }
        | values
    )
    session.add(sequence)
    session.flush()
    for number in (0, 1):
        session.add(SequenceVersion(sequence_id=sequence.id, number=number, content=content or CONTENT))
    session.flush()
    return sequence


def make_contact(session: Session, prospect: Prospect, email: str = "", name: str = "Ola Nowak") -> Contact:
    """Add a contact with a name and an address found on the company's contact page."""
    address = email or f"ola{next(_numbers)}@agency.example"
    contact = Contact(company_id=prospect.company_id, key=address)
    session.add(contact)
    session.flush()
    for field, value in ((ContactField.NAME, name), (ContactField.EMAIL, address)):
        if value:
            session.add(
                ContactValue(
                    contact_id=contact.id,
                    field=field,
                    value=value,
                    provenance=Provenance.PAGE,
                    source="https://agency.example/contact",
                )
            )
    session.flush()
    return contact


def allow_cold_mail(session: Session, program: Program, contact: Contact, country: str = "PL") -> None:
    """Let the program write first to a country and give the contact a legal basis."""
    session.add(CountryRule(program_id=program.id, country=country, allows_cold_mail=True))
    session.add(
        ContactBasis(
            program_id=program.id,
            contact_id=contact.id,
            legal_basis="legitimate interest",
            source_url="https://agency.example/contact",
        )
    )
    session.flush()


def make_enrollment(
    session: Session, prospect: Prospect, contact: Contact, sequence: Sequence, sender: Sender, **values: Any
) -> Enrollment:
    """Put a contact into version 1 of a sequence, without asking whether that is allowed."""
    version = session.scalar(
        select(SequenceVersion).where(SequenceVersion.sequence_id == sequence.id, SequenceVersion.number == 1)
    )
    assert version is not None
    defaults: dict[str, Any] = {
        "program_id": prospect.program_id,
        "prospect_id": prospect.id,
        "contact_id": contact.id,
        "sequence_id": sequence.id,
        "version_id": version.id,
        "sender_id": sender.id,
        "token": f"token-{next(_numbers)}",
        "next_step": "first",
        "next_at": now(),
    }
    enrollment = Enrollment(**defaults | values)
    session.add(enrollment)
    session.flush()
    return enrollment


def make_page(session: Session, prospect: Prospect, text: str, url: str = "https://agency.example/work") -> Page:
    """Add a saved page of the prospect's site."""
    crawl = Crawl(company_id=prospect.company_id, state=CrawlState.DONE)
    session.add(crawl)
    session.flush()
    page = Page(
        company_id=prospect.company_id,
        crawl_id=crawl.id,
        url=url,
        title="Our work",
        text=text,
        content_hash=f"{next(_numbers):064}",
    )
    session.add(page)
    session.flush()
    return page


def outreach_values(session: Session, program: Program, prospect: Prospect) -> dict[str, Any]:
    """Add a sender, a sequence, an enrollment with a mail that waits for approval, and return their ids by name."""
    sender = make_sender(session, program)
    sequence = make_sequence(session, program, sender)
    contact = make_contact(session, prospect, f"person{next(_numbers)}@access.example")
    enrollment = make_enrollment(session, prospect, contact, sequence, sender)
    message = Message(
        program_id=program.id,
        enrollment_id=enrollment.id,
        step="first",
        prospect_id=prospect.id,
        contact_id=contact.id,
        sender_id=sender.id,
        to_address="person@access.example",
        needs_approval=True,
        due_at=now(),
        not_before_at=now(),
    )
    batch = EnrollmentBatch(program_id=program.id, sequence_id=sequence.id, sender_id=sender.id, contact_ids=[])
    session.add_all([message, batch])
    session.flush()
    return {
        "sender_id": sender.id,
        "sequence_id": sequence.id,
        "step_id": "first",
        "enrollment_id": enrollment.id,
        "message_id": message.id,
        "enrollment_batch_id": batch.id,
    }
