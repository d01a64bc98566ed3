"""Erasing a person: nothing of them is left in any table, nobody mails them again, and what happened stays."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Base
from app.models import (
    Activity,
    ActivityKind,
    AuditEvent,
    Contact,
    ContactBasis,
    Crawl,
    CrawlState,
    Enrollment,
    EnrollmentState,
    Message,
    MessageState,
    Prospect,
    Provenance,
    ReceivedMail,
    Signal,
    Task,
    TaskKind,
    User,
)
from app.queries.contact_facts import contact_facts
from app.services.activities import TypedContact, add_contact_by_hand
from app.services.contacts import FoundContact, record_contact
from app.services.erasing import contact_of, erase_person, erasure_of
from app.services.errors import InvalidInput, NotFound
from app.services.suppressions import is_suppressed
from tests.mail_world import mail_bytes, make_message, receive
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.world import make_program, make_prospect, make_user

ADDRESS = "ola@agency.example"
NAME = "Ola Nowakowska"


@dataclass
class World:
    session: Session
    prospect: Prospect
    contact: Contact
    enrollment: Enrollment
    sent: Message
    actor: User

    def erase(self, typed: str = ADDRESS) -> None:
        program_id = self.prospect.program_id
        erase_person(self.session, self.contact, typed=typed, program_id=program_id, actor=self.actor)


@pytest.fixture
def world(session: Session) -> World:
    actor, program = make_user(session), make_program(session)
    prospect, sender = make_prospect(session, program, "agency.example"), make_sender(session, program)
    contact = make_contact(session, prospect, ADDRESS, name=NAME)
    session.add(ContactBasis(program_id=program.id, contact_id=contact.id, has_consented=True, note=f"{NAME} said so"))
    row = make_enrollment(session, prospect, contact, make_sequence(session, program, sender), sender)
    sent = make_message(session, row, text=f"Hello {NAME}", to_address=ADDRESS)
    planned = make_message(
        session, row, step="second", accepted_at=None, state=MessageState.PLANNED, text=f"Again, {NAME}"
    )
    assert planned.state is MessageState.PLANNED
    session.add(Activity(prospect_id=prospect.id, kind=ActivityKind.NOTE, body=f"Met {NAME.upper()}, {ADDRESS}."))
    crawl = Crawl(company_id=prospect.company_id, state=CrawlState.DONE)
    session.add(crawl)
    session.flush()
    facts = {"crawl_id": crawl.id, "url": "https://agency.example/contact", "quote": ADDRESS}
    session.add(Signal(company_id=prospect.company_id, name="contactable", value="email", **facts))
    session.add(Signal(company_id=prospect.company_id, name="kind", value="agency", **facts | {"quote": "We build"}))
    origin = f"enrollment:{row.id}:step:call"
    task = Task(program_id=program.id, prospect_id=prospect.id, kind=TaskKind.MANUAL_STEP, title=NAME, origin=origin)
    session.add(task)
    receive(session, mail_bytes(f"Yes. {NAME}", From=f"{NAME} <{ADDRESS}>"))
    row.state = EnrollmentState.ACTIVE
    session.flush()
    return World(session, prospect, contact, row, sent, actor)


def everything(session: Session) -> str:
    """Return every column of every row but the staff's, as one text."""
    session.flush()
    tables = [table for name, table in Base.metadata.tables.items() if name != "users"]
    return "\n".join(f"{table.name} {row!r}" for table in tables for row in session.execute(select(table)))


def test_nothing_of_the_person_is_left_in_any_table(world: World) -> None:
    before = everything(world.session)
    assert ADDRESS in before
    assert NAME in before
    world.erase()
    after = everything(world.session)
    for word in (ADDRESS, NAME, NAME.upper(), "Nowakowska"):
        assert word not in after, [line for line in after.split("\n") if word in line]


def test_what_happened_stays_without_the_person(world: World) -> None:
    sent_at = world.sent.accepted_at
    world.erase()
    session = world.session
    session.expire_all()
    assert (world.sent.state, world.sent.accepted_at, world.sent.text) == (MessageState.ACCEPTED, sent_at, "")
    assert (world.enrollment.state, world.enrollment.reason) == (EnrollmentState.STOPPED, "erased")
    states = [row.state for row in session.scalars(select(Message).order_by(Message.id))]
    assert states == [MessageState.ACCEPTED, MessageState.SKIPPED]
    assert [row.name for row in session.scalars(select(Signal))] == ["kind"]
    [mail] = session.scalars(select(ReceivedMail))
    assert (mail.kind, mail.raw, mail.from_name) == ("reply", b"", "A person who was erased")
    assert contact_facts(session, [world.contact.id])[world.contact.id].label == "A person who was erased"
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "person.erased")).one()
    assert event.details == {"contacts": [world.contact.id], "sent": 2, "received": 1, "stopped": 1}


def test_they_are_never_mailed_or_found_again(world: World) -> None:
    world.erase()
    session, company_id = world.session, world.prospect.company_id
    assert is_suppressed(session, "OLA@agency.example") is not None
    for provenance in (Provenance.PAGE, Provenance.IMPORT):
        found = FoundContact(provenance=provenance, email=ADDRESS, name=NAME)
        assert record_contact(session, company_id, found) is None
    elsewhere = make_prospect(session, make_program(session), "other.example")
    assert (
        record_contact(session, elsewhere.company_id, FoundContact(provenance=Provenance.PAGE, email=ADDRESS)) is None
    )
    with pytest.raises(InvalidInput, match="was erased and is not added again"):
        add_contact_by_hand(session, world.prospect, TypedContact(name="Ola", email=ADDRESS), actor=world.actor)
    applied = FoundContact(provenance=Provenance.APPLICATION, email=ADDRESS, name=NAME)
    assert record_contact(session, company_id, applied) is not None
    assert is_suppressed(session, ADDRESS) is not None


def test_somebody_without_an_address_is_not_read_off_the_site_again(session: Session) -> None:
    prospect, actor = make_prospect(session, make_program(session)), make_user(session)
    found = FoundContact(provenance=Provenance.PAGE, phone="+48 600 100 200", name=NAME)
    contact = record_contact(session, prospect.company_id, found)
    assert contact is not None
    erase_person(session, contact, typed=NAME, program_id=prospect.program_id, actor=actor)
    assert record_contact(session, prospect.company_id, found) is None
    with pytest.raises(NotFound, match="may have been erased"):
        contact_of(session, prospect, contact.id)


def test_the_same_address_at_another_company_is_the_same_person_and_others_stay(world: World) -> None:
    session = world.session
    other = make_prospect(session, make_program(session), "second.example")
    same = make_contact(session, other, ADDRESS, name=NAME)
    colleague = make_contact(session, world.prospect, "jan@agency.example", name="Jan Kowalski")
    found = erasure_of(session, world.contact)
    assert found.contact_ids == tuple(sorted((world.contact.id, same.id)))
    assert len(found.companies) == 2
    world.erase()
    assert contact_facts(session, [colleague.id])[colleague.id].email == "jan@agency.example"


def test_nothing_happens_without_the_typed_address(world: World) -> None:
    with pytest.raises(InvalidInput, match=r"Type ola@agency\.example"):
        world.erase(typed="yes")
    assert contact_facts(world.session, [world.contact.id])[world.contact.id].email == ADDRESS
    assert is_suppressed(world.session, ADDRESS) is None
