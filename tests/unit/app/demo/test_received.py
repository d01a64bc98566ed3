"""The demo's received mail takes the product's own way and lands where it should."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.load import load_demo
from app.models import Company, MatchedBy, Prospect, ReceivedMail, Stage
from app.services.received_mail import raw_of, record_reading, waiting_mails
from outreach.inbound.content import read_content


def test_an_answer_a_note_and_one_that_nobody_can_place(session: Session) -> None:
    load_demo(session)
    for mail_id in waiting_mails(session, limit=10):
        raw, envelope_to = raw_of(session, mail_id) or (b"", "")
        record_reading(session, mail_id, read_content(raw, envelope_to=envelope_to))
    mails = session.scalars(select(ReceivedMail).order_by(ReceivedMail.id)).all()
    assert [(mail.kind, mail.matched_by) for mail in mails] == [
        ("reply", MatchedBy.SENDER),
        ("auto_reply", MatchedBy.SENDER),
        ("reply", MatchedBy.NOTHING),
    ]
    answered = session.scalars(select(Prospect).join(Company).where(Company.domain == "second-ping.demo.test")).one()
    assert answered.stage is Stage.ENGAGED
