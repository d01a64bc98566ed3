"""Received mail: whose it is, what it stops, what it leaves alone."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import transaction
from app.jobs.inbound import read_mail
from app.models import (
    Contact,
    Delivery,
    Enrollment,
    EnrollmentState,
    MailState,
    MatchedBy,
    Message,
    MessageState,
    Prospect,
    ReceivedMail,
    Stage,
)
from app.services.received_mail import store_mail
from app.services.suppressions import is_suppressed
from tests.mail_world import mail_bytes, make_message, receive
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.world import make_program, make_prospect

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def message(session: Session) -> Message:
    program = make_program(session)
    prospect = make_prospect(session, program, "agency.example", stage=Stage.CONTACTED)
    sender = make_sender(session, program)
    contact = make_contact(session, prospect, "ola@agency.example")
    sequence = make_sequence(session, program, sender)
    return make_message(session, make_enrollment(session, prospect, contact, sequence, sender, token=TOKEN))


def state_of(session: Session, message: Message) -> EnrollmentState:
    session.expire_all()
    return session.get_one(Enrollment, message.enrollment_id).state


WAYS = [
    (MatchedBy.TOKEN, {"From": "someone@else.example", "To": f"Reply+{TOKEN.upper()}@reply.mail.example"}),
    (MatchedBy.MESSAGE_ID, {"From": "someone@else.example", "In_Reply_To": "SENT"}),
    (MatchedBy.MESSAGE_ID, {"From": "someone@else.example", "References": "<x@y.example>\r\n SENT"}),
    (MatchedBy.SENDER, {}),
    (MatchedBy.COMPANY, {"From": "colleague@mail.agency.example"}),
]


@pytest.mark.parametrize(("way", "headers"), WAYS)
def test_a_reply_is_matched_stops_the_sequence_and_moves_the_prospect(
    session: Session, message: Message, way: MatchedBy, headers: dict[str, str]
) -> None:
    filled = {name: value.replace("SENT", message.internet_id) for name, value in headers.items()}
    mail = receive(session, mail_bytes(**filled))
    assert (mail.matched_by, mail.prospect_id, mail.kind) == (way, message.prospect_id, "reply")
    assert state_of(session, message) is EnrollmentState.STOPPED
    assert session.get_one(Prospect, message.prospect_id).stage is Stage.ENGAGED


def test_the_envelope_tells_more_than_the_headers(session: Session, message: Message) -> None:
    mail = receive(session, mail_bytes(From="a@b.example"), envelope_to=f"reply+{TOKEN}@reply.mail.example")
    assert mail.enrollment_id == message.enrollment_id


def test_an_automatic_answer_stops_nothing(session: Session, message: Message) -> None:
    mail = receive(session, mail_bytes("Back on Monday.", Subject="Automatic reply: Hi", Auto_Submitted="auto-replied"))
    assert (mail.kind, mail.prospect_id) == ("auto_reply", message.prospect_id)
    assert state_of(session, message) is EnrollmentState.ACTIVE
    assert session.get_one(Prospect, message.prospect_id).stage is Stage.CONTACTED


def bounce(address: str, original: str, status: str = "5.1.1") -> bytes:
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: theo@mail.example\r\nSubject: Undelivered Mail\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNot delivered.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; {address}\r\nAction: failed\r\n"
        f"Status: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\n--b--\r\n"
    ).encode()


def test_a_hard_bounce_ends_it_and_shows_on_the_mail(session: Session, message: Message) -> None:
    mail = receive(session, bounce("ola@agency.example", message.internet_id))
    assert mail.kind == "bounce_hard"
    assert is_suppressed(session, "ola@agency.example")
    assert state_of(session, message) is EnrollmentState.STOPPED
    assert session.get_one(Message, message.id).delivery is Delivery.HARD_BOUNCED


def test_a_soft_bounce_ends_nothing(session: Session, message: Message) -> None:
    receive(session, bounce("ola@agency.example", message.internet_id, "4.4.1"))
    assert not is_suppressed(session, "ola@agency.example")
    assert state_of(session, message) is EnrollmentState.ACTIVE


@pytest.mark.usefixtures("message")
def test_a_forged_bounce_silences_nobody_we_never_wrote_to(session: Session) -> None:
    mail = receive(session, bounce("victim@other.example", "<never@sent.example>"))
    assert not is_suppressed(session, "victim@other.example")
    assert mail.matched_by is MatchedBy.NOTHING


def test_a_wish_silences_the_writer_and_the_address_we_used(session: Session, message: Message) -> None:
    receive(
        session, mail_bytes("Please remove me from your list.", From="me@home.example", In_Reply_To=message.internet_id)
    )
    assert is_suppressed(session, "me@home.example")
    assert is_suppressed(session, "ola@agency.example")
    assert state_of(session, message) is EnrollmentState.STOPPED


def test_a_wish_from_another_address_of_the_company_ends_what_runs_to_it(session: Session, message: Message) -> None:
    mail = receive(session, mail_bytes("Please unsubscribe me.", From="o.nowak@agency.example"))
    assert (mail.kind, mail.matched_by, mail.contact_id) == ("unsubscribe", MatchedBy.COMPANY, None)
    assert is_suppressed(session, "o.nowak@agency.example")
    assert state_of(session, message) is EnrollmentState.STOPPED


@pytest.mark.usefixtures("message")
@pytest.mark.parametrize("to", [f"reply+{TOKEN[:-1]}0@r.example", "reply+@r.example", "reply+x\r\n y@r.example"])
def test_an_altered_token_leads_to_triage(session: Session, to: str) -> None:
    mail = receive(session, mail_bytes(From="a@nowhere.example", To=to))
    assert (mail.matched_by, mail.program_id) == (MatchedBy.NOTHING, None)
    assert "tells whose it is" in mail.detail


def test_a_reply_to_a_deleted_contact_waits_in_triage(session: Session, message: Message) -> None:
    raw = mail_bytes(To=f"reply+{TOKEN}@r.example", In_Reply_To=message.internet_id)
    session.execute(delete(Contact))
    session.execute(delete(Prospect))
    session.expire_all()
    mail = receive(session, raw)
    assert mail.matched_by is MatchedBy.NOTHING


def test_a_newsletter_of_a_company_we_never_wrote_to_moves_nothing(session: Session) -> None:
    prospect = make_prospect(session, make_program(session), "quiet.example")
    mail = receive(session, mail_bytes("Our summer news.", From="news@quiet.example", Subject="News"))
    assert (mail.prospect_id, prospect.stage) == (prospect.id, Stage.SOURCED)


def test_an_answer_settles_a_mail_whose_fate_was_open(session: Session, message: Message) -> None:
    message.state, message.accepted_at = MessageState.UNCERTAIN, None
    session.flush()
    receive(session, mail_bytes(In_Reply_To=message.internet_id))
    session.refresh(message)
    assert message.state is MessageState.RESOLVED_SENT


@pytest.mark.usefixtures("message")
def test_line_breaks_and_wrong_charsets_do_no_harm(session: Session) -> None:
    raw = b"From: =?utf-8?q?Ola=0d=0aBcc:_x@y.example?= <ola@agency.example>\r\nSubject: Re\xbf\x00\r\n idea\r\n"
    mail = receive(session, raw + b"Content-Type: text/plain; charset=klingon\r\n\r\nGr\xfc\xdfe \x00 aus K\xf6ln\r\n")
    assert not set("\r\n\x00") & set(mail.from_name + mail.subject)
    assert "Grüße" in mail.new_text
    assert mail.matched_by is MatchedBy.SENDER


@pytest.mark.usefixtures("database")
def test_the_same_mail_twice_is_one_and_a_poisonous_one_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        first = store_mail(session, mail_bytes("one"), source="sendgrid")
        assert store_mail(session, mail_bytes("one"), source="sendgrid") is None
        store_mail(session, mail_bytes("two"), source="sendgrid")
    assert first is not None
    real = read_mail.__globals__["read_content"]

    def read(raw: bytes, *, envelope_to: str) -> object:
        if b"one" in raw:
            raise ZeroDivisionError("a fault of ours")
        return real(raw, envelope_to=envelope_to)

    monkeypatch.setattr("app.jobs.inbound.read_content", read)
    assert read_mail() == 1
    with transaction() as session:
        states = session.scalars(select(ReceivedMail.state).order_by(ReceivedMail.id)).all()
        assert states == [MailState.UNREADABLE, MailState.READ]
