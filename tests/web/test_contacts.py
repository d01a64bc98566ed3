"""Contacts on the prospect page: changed in place, removed with what that ends, and all of it taken back."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import (
    Contact,
    ContactField,
    ContactValue,
    Enrollment,
    EnrollmentState,
    Program,
    Prospect,
    Provenance,
    Role,
    User,
)
from app.services.contact_values import values_of
from app.services.contacts import FoundContact, record_contact
from app.services.erasing import erase_person
from app.services.erasure import contact_of
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], FlaskClient]
pytestmark = pytest.mark.any_servers


@dataclass(frozen=True, slots=True)
class World:
    """A director, a program with a prospect, and a contact found on its site."""

    user: User
    program: Program
    prospect: Prospect
    contact: Contact


@pytest.fixture
def world(app: object) -> World:
    with transaction() as session:
        user = make_user(session, Role.DIRECTOR)
        program = make_program(session, user)
        prospect = make_prospect(session, program)
        return World(user, program, prospect, make_contact(session, prospect))


@pytest.fixture
def browser(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


@pytest.fixture
def page(world: World) -> str:
    return f"/p/{world.program.slug}/prospects/{world.prospect.id}"


def known(contact_id: int) -> dict[str, tuple[str, Provenance]]:
    with reading() as session:
        return {row.field.value: (row.value, row.provenance) for row in values_of(session, contact_id)}


def form_of(browser: FlaskClient, page: str, contact_id: int) -> dict[str, str]:
    html = browser.get(f"{page}/contacts/{contact_id}/edit").text
    return dict(re.findall(r'name="((?:value|new)-[\w]+|version)" value="([^"]*)"', html))


def undo_url(html: str) -> str:
    found = re.search(r'action="([^"]*/contact-changes/\d+/undo)"', html)
    assert found is not None, html
    return found[1]


def test_a_contact_is_changed_and_put_back(browser: FlaskClient, world: World, page: str) -> None:
    contact_id, before = world.contact.id, known(world.contact.id)
    fields = form_of(browser, page, contact_id)
    email = next(name for name, value in fields.items() if "@" in value)
    url = f"{page}/contacts/{contact_id}/edit"
    wrong = browser.post(url, data=fields | {email: "nobody@", "new-phone": "<b>12"})
    assert wrong.status_code == 422
    assert 'value="nobody@"' in wrong.text
    assert "&lt;b&gt;12" in wrong.text
    assert known(contact_id) == before
    saved = browser.post(url, data=fields | {email: "Fresh@Somewhere.example"}, follow_redirects=True)
    assert known(contact_id)["email"] == ("fresh@somewhere.example", Provenance.HAND)
    assert "entered by" in saved.text
    stale = browser.post(url, data=fields | {email: "late@somewhere.example"})
    assert stale.status_code == 409
    assert "late@somewhere.example" in stale.text
    undo = undo_url(saved.text)
    assert browser.post(undo).status_code == 303
    assert known(contact_id) == before
    assert browser.post(undo).status_code == 409


def test_whoever_is_in_a_sequence_is_removed_after_a_question(browser: FlaskClient, world: World, page: str) -> None:
    with transaction() as session:
        sender = make_sender(session, world.program)
        sequence = make_sequence(session, world.program, sender)
        enrollment = make_enrollment(session, world.prospect, world.contact, sequence, sender)
    contact_id, before = world.contact.id, known(world.contact.id)
    version = form_of(browser, page, contact_id)["version"]
    url = f"{page}/contacts/{contact_id}/remove"
    asked = browser.post(url, data={"version": version})
    assert asked.status_code == 422
    assert "Remove and end 1 sequence" in asked.text
    assert known(contact_id) == before
    done = browser.post(url, data={"version": version, "confirm": "yes"}, follow_redirects=True)
    with transaction() as session:
        ended = session.get_one(Enrollment, enrollment.id)
        assert (ended.state, ended.reason) == (EnrollmentState.STOPPED, "contact_removed")
        found = FoundContact(provenance=Provenance.PAGE, email=before["email"][0], source="https://x.example/")
        assert record_contact(session, world.prospect.company_id, found) is None
    assert known(contact_id) == {}
    browser.post(undo_url(done.text))
    assert known(contact_id) == before


def test_an_added_contact_is_taken_back(browser: FlaskClient, world: World, page: str) -> None:
    done = browser.post(f"{page}/contacts", data={"name": "Jan Berg", "phone": "123"}, follow_redirects=True)
    browser.post(undo_url(done.text))
    with reading() as session:
        assert session.scalar(select(ContactValue.id).where(ContactValue.value == "Jan Berg")) is None


def test_what_a_page_says_stays_beneath_what_was_typed(world: World, app: object) -> None:
    with transaction() as session:
        company_id = world.prospect.company_id
        by_hand = FoundContact(provenance=Provenance.HAND, email="a@x.example", name="Ada Lind")
        contact = record_contact(session, company_id, by_hand)
        assert contact is not None
        contact.key = "b@x.example"
        session.flush()
        read = FoundContact(provenance=Provenance.PAGE, email="a@x.example", name="Contact us", role="Owner")
        assert record_contact(session, company_id, read) is contact
        assert {(row.field, row.value) for row in values_of(session, contact.id)} == {
            (ContactField.EMAIL, "a@x.example"), (ContactField.NAME, "Ada Lind"), (ContactField.ROLE, "Owner"),
        }  # fmt: skip


def test_erasing_a_person_forgets_what_their_removal_kept(browser: FlaskClient, world: World, page: str) -> None:
    contact_id, address = world.contact.id, known(world.contact.id)["email"][0]
    version = form_of(browser, page, contact_id)["version"]
    done = browser.post(f"{page}/contacts/{contact_id}/remove", data={"version": version}, follow_redirects=True)
    with transaction() as session:
        again = FoundContact(provenance=Provenance.IMPORT, email=address)
        other = record_contact(session, world.prospect.company_id, again)
        assert other is not None
        contact = contact_of(session, world.prospect, other.id)
        erase_person(session, contact, typed=address, program_id=world.program.id, actor=world.user)
    assert browser.post(undo_url(done.text)).status_code in (404, 409)
    with reading() as session:
        assert not session.scalar(select(Contact.id).where(Contact.key == address))
    assert known(contact_id) == {}


def test_nothing_is_changed_through_another_programs_prospect(browser: FlaskClient, world: World, page: str) -> None:
    other = page.rpartition("/")[0] + "/999999"
    assert browser.get(f"{other}/contacts/{world.contact.id}/edit").status_code == 404
    assert browser.post(f"{other}/contacts/{world.contact.id}/remove", data={"version": "x"}).status_code == 404
