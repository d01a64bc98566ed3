"""Moving people to another version: seen person by person, done as seen, and not at all where something changed."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.clock import now
from app.db import reading, transaction
from app.models import Enrollment, Message, MessageState, Program, Role, Sequence, SequenceVersion
from tests.outreach_world import CONTENT, make_contact, make_enrollment, make_sender, make_sequence
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

LONGER: dict[str, Any] = {
    **CONTENT,
    "plan": {
        **CONTENT["plan"],
        "steps": [{"id": "hello", "kind": "email"}, {"id": "news", "kind": "email", "delay": {"days": 1}}],
    },
    "words": {
        "hello": {"": {"subject": "Hello", "body": "Hi"}},
        "news": {"": {"subject": "What is new", "body": "This"}},
    },
}
MAPPING = {"from": "1", "to": "2", "step:first": "hello"}


class Rows:
    """Three people on version 1: one was mailed, one has a mail on its way, one had nothing yet."""

    program: Program
    sequence: Sequence
    enrollments: dict[str, int]

    @property
    def path(self) -> str:
        return f"/p/{self.program.slug}/outreach/sequences/{self.sequence.id}/versions/move"

    def versions(self) -> dict[str, int]:
        with reading() as session:
            return {
                name: session.get_one(SequenceVersion, session.get_one(Enrollment, number).version_id).number
                for name, number in self.enrollments.items()
            }


@pytest.fixture
def rows() -> Rows:
    found = Rows()
    with transaction() as session:
        found.program = make_program(session)
        sender = make_sender(session, found.program)
        found.sequence = make_sequence(session, found.program, sender, name="Agencies")
        session.add(SequenceVersion(sequence_id=found.sequence.id, number=2, content=LONGER))
        found.enrollments = {}
        for name, state in (("mailed", MessageState.ACCEPTED), ("waiting", MessageState.PLANNED), ("new", None)):
            prospect = make_prospect(session, found.program, f"{name}.example")
            contact = make_contact(session, prospect, f"ola@{name}.example", name=f"Ola {name.title()}")
            row = make_enrollment(session, prospect, contact, found.sequence, sender)
            found.enrollments[name] = row.id
            if state is not None:
                session.add(mail(found, row, state))
    return found


def mail(rows: Rows, row: Enrollment, state: MessageState) -> Message:
    return Message(
        program_id=rows.program.id,
        enrollment_id=row.id,
        step="first",
        prospect_id=row.prospect_id,
        contact_id=row.contact_id,
        sender_id=row.sender_id,
        to_address="ola@agency.example",
        state=state,
        due_at=now(),
        not_before_at=now(),
        accepted_at=now() if state is MessageState.ACCEPTED else None,
    )


@pytest.fixture
def browser(sign_in: SignIn, rows: Rows) -> FlaskClient:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
    return sign_in(admin)


def seen_on(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_everybody_is_shown_and_nobody_moved_before_it_is_confirmed(browser: FlaskClient, rows: Rows) -> None:
    shown = browser.post(rows.path, data=MAPPING)
    assert shown.status_code == 200
    assert "2 people would go on with version 2" in shown.text
    assert "goes on with step 2, What is new" in shown.text
    assert "goes on with step 1, Hello" in shown.text
    assert "1 person stays on version 1" in shown.text
    assert "A mail of it is planned or on its way." in shown.text
    assert set(rows.versions().values()) == {1}
    moved = browser.post(rows.path, data={**MAPPING, "seen": seen_on(shown.text)})
    assert moved.status_code == 303
    assert rows.versions() == {"mailed": 2, "waiting": 1, "new": 2}


def test_where_somebody_got_on_meanwhile_nobody_is_moved(browser: FlaskClient, rows: Rows) -> None:
    seen = seen_on(browser.post(rows.path, data=MAPPING).text)
    with transaction() as session:
        row = session.get_one(Enrollment, rows.enrollments["new"])
        session.add(mail(rows, row, MessageState.PLANNED))
    refused = browser.post(rows.path, data={**MAPPING, "seen": seen})
    assert refused.status_code == 409
    assert "Somebody has got on with the sequence since you looked." in refused.text
    assert "2 people stay on version 1" in refused.text
    assert set(rows.versions().values()) == {1}


def test_a_mapping_that_leads_nowhere_moves_nobody_and_says_why(browser: FlaskClient, rows: Rows) -> None:
    shown = browser.post(rows.path, data={"from": "1", "to": "2"})
    assert "Step first was mailed and leads nowhere in the new version." in shown.text
    assert browser.post(rows.path, data={"from": "1", "to": "1"}).status_code == 422
