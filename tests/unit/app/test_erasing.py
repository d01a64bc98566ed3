"""Erasing a person: nothing of them is left in any table, nobody mails them again, and what happened stays."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Base
from app.models import (
    Activity,
    ActivityKind,
    Application,
    AuditEvent,
    Contact,
    ContactBasis,
    ContactField,
    ContactValue,
    Crawl,
    CrawlState,
    Enrollment,
    EnrollmentState,
    Message,
    MessageState,
    Notice,
    PartnerPerson,
    Partnership,
    ProgramTerms,
    Prospect,
    Provenance,
    ReceivedMail,
    Signal,
    SuppressionReason,
    Task,
    TaskKind,
    User,
)
from app.queries.contact_facts import contact_facts
from app.queries.person_occurrences import occurrences
from app.services.activities import TypedContact, add_contact_by_hand
from app.services.contacts import FoundContact, record_contact
from app.services.erasing import erase_address, erase_person
from app.services.erasure import contact_of, erasure_of, erasure_of_address
from app.services.errors import InvalidInput, NotFound
from app.services.suppressions import is_suppressed, suppress
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
    counts = {"sent": 2, "received": 1, "stopped": 1, "applications": 0, "people": 0, "others": 0}
    assert event.details == {"contacts": [world.contact.id]} | counts


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


def test_by_an_address_everything_goes_that_a_contact_would_take_along(world: World) -> None:
    event_id = erase_address(world.session, ADDRESS, typed=ADDRESS.upper(), actor=world.actor)
    after = everything(world.session)
    for word in (ADDRESS, NAME, NAME.upper()):
        assert word not in after, [line for line in after.split("\n") if word in line]
    event = world.session.get_one(AuditEvent, event_id)
    assert (event.action, event.program_id, event.details["sent"]) == ("person.erased", None, 2)
    with pytest.raises(NotFound, match="Nothing here knows this address"):
        erase_address(world.session, ADDRESS, typed=ADDRESS, actor=world.actor)


def test_by_an_address_somebody_goes_who_is_no_contact_anywhere(session: Session) -> None:
    actor, program = make_user(session), make_program(session)
    applied, acting = (make_prospect(session, program, f"{name}.example") for name in ("applied", "acting"))
    terms = ProgramTerms(program_id=program.id, version=1, text="Be honest.")
    partnership = Partnership(program_id=program.id, prospect_id=acting.id, promised=f"{NAME} gets 20 %")
    session.add_all([terms, partnership])
    session.flush()
    session.add_all(
        [
            Application(
                program_id=program.id, prospect_id=applied.id, submit_key="k", name=NAME, email=ADDRESS,
                phone="+48600100200", company_name="Applied", website="https://applied.example",
                domain="applied.example", terms_id=terms.id, terms_accepted_at=program.created_at,
            ),
            PartnerPerson(partnership_id=partnership.id, name="Somebody Else", email=ADDRESS.upper()),
            Activity(prospect_id=applied.id, kind=ActivityKind.NOTE, body=f"{NAME} called from +48600100200"),
            Activity(prospect_id=acting.id, kind=ActivityKind.NOTE, body="Somebody Else asked"),
            Notice(kind="partner_link", to_address=ADDRESS, subject="Hello", text=NAME),
        ]
    )  # fmt: skip
    session.flush()
    found = erasure_of_address(session, ADDRESS)
    assert (found.contact_ids, found.applications, found.people, found.others) == ((), 1, 1, 1)
    assert found.also == tuple(sorted((applied.company_id, acting.company_id)))
    with pytest.raises(InvalidInput, match=f"Type {ADDRESS} to confirm"):
        erase_address(session, ADDRESS, typed="ola", actor=actor)
    erase_address(session, ADDRESS, typed=ADDRESS, actor=actor)
    after = everything(session)
    for word in (ADDRESS, ADDRESS.upper(), NAME, "Somebody Else", "+48600100200"):
        assert word not in after, [line for line in after.split("\n") if word in line]
    assert is_suppressed(session, ADDRESS) is not None


def test_an_address_on_the_list_alone_becomes_its_hash(session: Session) -> None:
    suppress(session, ADDRESS, reason=SuppressionReason.OPT_OUT)
    assert not erasure_of_address(session, "other@agency.example").is_anything
    erase_address(session, ADDRESS, typed=ADDRESS, actor=make_user(session))
    assert ADDRESS not in everything(session)
    assert is_suppressed(session, ADDRESS) is not None


def test_where_an_address_occurs_is_told_by_company_and_program(world: World) -> None:
    session = world.session
    second = make_program(session, name="Second program")
    make_prospect(session, second, company_id=world.prospect.company_id)
    found = erasure_of_address(session, ADDRESS)
    (at,) = occurrences(session, found.contact_ids, found.addresses).contacts
    assert "Second program" in at.programs
    assert len(at.programs) == 2
    make_user(session, email=ADDRESS, name="Ola at work")
    assert occurrences(session, (), (ADDRESS,)).colleague == "Ola at work"


def test_contacts_that_only_a_second_address_leads_to_are_reached(world: World) -> None:
    session, private = world.session, "ola@home.example"
    session.add(ContactValue(contact_id=world.contact.id, field=ContactField.EMAIL, value=private,
                             provenance=Provenance.PAGE))  # fmt: skip
    elsewhere = make_contact(session, make_prospect(session, make_program(session), "second.example"), private)
    found = erasure_of_address(session, ADDRESS)
    assert found.contact_ids == tuple(sorted((world.contact.id, elsewhere.id)))
    erase_address(session, ADDRESS, typed=ADDRESS, actor=world.actor)
    assert private not in everything(session)
