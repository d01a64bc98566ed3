"""The link under every mail: opaque, unforgeable, and good after everything it was about is gone."""

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.models import Contact, Enrollment, EnrollmentState, Message, MessageState, SuppressionReason
from app.services import keys
from app.services.errors import NotFound
from app.services.suppressions import is_suppressed, suppression_key
from app.services.unsubscribes import read_token, unsubscribe, unsubscribe_token
from tests.mail_world import make_message
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.world import make_program, make_prospect


def make_enrolled(session: Session) -> tuple[Enrollment, Message]:
    program = make_program(session)
    prospect = make_prospect(session, program)
    sender = make_sender(session, program)
    contact = make_contact(session, prospect, "ola@agency.example")
    enrollment = make_enrollment(session, prospect, contact, make_sequence(session, program, sender), sender)
    return enrollment, make_message(session, enrollment, to_address="ola@agency.example")


@pytest.fixture
def secret() -> None:
    keys.configure("the tests' own secret")


@pytest.mark.usefixtures("secret")
def test_token_tells_the_hash_and_the_enrollment_and_no_address() -> None:
    token = unsubscribe_token("Ola@agency.example", "e1")
    link = read_token(token)
    assert (link.address_key, link.enrollment_token) == (suppression_key("ola@agency.example"), "e1")
    assert "agency" not in token
    assert len(token) < 150


@pytest.mark.usefixtures("secret")
def test_every_altered_token_is_refused() -> None:
    token = unsubscribe_token("ola@agency.example", "e1")
    altered = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    for bad in [*altered, token[:-1], token + "A", token + "=", "", "x", "é" * 90, "A" * 5_000]:
        with pytest.raises(NotFound):
            read_token(bad)


def test_pressing_it_ends_the_sequence_and_skips_what_was_planned(session: Session) -> None:
    enrollment, message = make_enrolled(session)
    waiting = make_message(session, enrollment, step="second", state=MessageState.PLANNED, accepted_at=None)
    token = unsubscribe_token(message.to_address, enrollment.token)
    row = unsubscribe(session, token)
    assert (row.value, row.reason) == ("ola@agency.example", SuppressionReason.OPT_OUT)
    session.refresh(enrollment)
    session.refresh(waiting)
    assert enrollment.state is EnrollmentState.STOPPED
    assert waiting.state is MessageState.SKIPPED
    assert unsubscribe(session, token).id == row.id


def test_it_works_after_the_person_was_erased(session: Session) -> None:
    enrollment, message = make_enrolled(session)
    token = unsubscribe_token(message.to_address, enrollment.token)
    session.execute(delete(Contact))
    row = unsubscribe(session, token)
    assert row.value is None
    assert is_suppressed(session, "ola@agency.example") is row
