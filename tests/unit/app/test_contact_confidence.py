"""How sure an address is: each origin in its own word, what answered above all, what bounced below."""

import pytest
from sqlalchemy.orm import Session

from app.models import (
    Contact,
    ContactField,
    ContactValue,
    MailState,
    Prospect,
    Provenance,
    ReceivedMail,
    Suppression,
    SuppressionReason,
)
from app.queries.company_facts import contacts
from app.queries.contact_confidence import Confidence, Sureness, confidence_of
from tests.world import make_program, make_prospect

ADDRESS = "mia@harbor.example"


@pytest.fixture
def prospect(session: Session) -> Prospect:
    return make_prospect(session, make_program(session), "harbor.example")


def sure(session: Session, prospect: Prospect, provenance: Provenance, source: str = "") -> Confidence:
    contact = Contact(company_id=prospect.company_id, key=ADDRESS)
    session.add(contact)
    session.flush()
    for field, value in ((ContactField.EMAIL, ADDRESS), (ContactField.NAME, "Mia")):
        session.add(ContactValue(contact_id=contact.id, field=field, value=value, provenance=provenance, source=source))
    session.flush()
    known = contacts(session, prospect.company_id)
    (found,) = confidence_of(session, prospect.company_id, "harbor.example", known).values()
    return found


@pytest.mark.parametrize(("provenance", "source", "wanted"), [
    (Provenance.PAGE, "https://www.harbor.example/team", Sureness.ON_SITE),
    (Provenance.PAGE, "https://harbor.example/", Sureness.ON_SITE),
    (Provenance.PAGE, "https://notharbor.example/", Sureness.ELSEWHERE),
    (Provenance.PAGE, "", Sureness.ELSEWHERE),
    (Provenance.IMPORT, "fair.csv", Sureness.LISTED),
    (Provenance.APPLICATION, "", Sureness.GIVEN),
    (Provenance.HAND, "", Sureness.TYPED),
])  # fmt: skip
def test_an_address_is_as_sure_as_its_origin(
    session: Session, prospect: Prospect, provenance: Provenance, source: str, wanted: Sureness
) -> None:
    assert sure(session, prospect, provenance, source).sureness is wanted


def test_a_reply_proves_it_and_a_bounce_the_opposite(session: Session, prospect: Prospect) -> None:
    mail = ReceivedMail(source="sendgrid", content_key="1" * 64, raw=b"x", state=MailState.READ, kind="reply",
                        from_address=ADDRESS, program_id=prospect.program_id, prospect_id=prospect.id)  # fmt: skip
    session.add(mail)
    found = sure(session, prospect, Provenance.HAND)
    assert found.sureness is Sureness.ANSWERED
    assert "A reply came from this address on" in found.why
    session.add(Suppression(key="1" * 64, value=ADDRESS, reason=SuppressionReason.HARD_BOUNCE))
    session.flush()
    known = contacts(session, prospect.company_id)
    (found,) = confidence_of(session, prospect.company_id, "harbor.example", known).values()
    assert found.sureness is Sureness.BOUNCED


def test_who_answered_somebody_else_proves_nothing_here(session: Session, prospect: Prospect) -> None:
    other = make_prospect(session, make_program(session))
    mail = ReceivedMail(source="sendgrid", content_key="1" * 64, raw=b"x", state=MailState.READ, kind="reply",
                        from_address=ADDRESS, program_id=other.program_id, prospect_id=other.id)  # fmt: skip
    session.add(mail)
    assert sure(session, prospect, Provenance.IMPORT).sureness is Sureness.LISTED


def test_without_addresses_nothing_is_asked(session: Session, prospect: Prospect) -> None:
    assert confidence_of(session, prospect.company_id, "harbor.example", []) == {}
