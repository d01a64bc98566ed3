"""The inbox in a browser: what is shown, what each button does, and what a hostile mail cannot do."""

from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Message, MessageKind, Prospect, ReceivedMail, Stage
from tests.mail_world import mail_bytes, make_message, receive
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

HTML = (
    b"From: Ola <ola@agency.example>\r\nSubject: Re: A partner idea\r\nContent-Type: text/html\r\n\r\n"
    b"<p>Sounds <b>good</b>.</p><script>alert(1)</script><img src=https://spy.example/p.gif>"
)


class World:
    """A signed-in specialist, and a conversation with one prospect."""

    def __init__(self, sign_in: SignIn) -> None:
        with transaction() as session:
            user = make_user(session)
            program = make_program(session, user)
            prospect = make_prospect(session, program, "agency.example", stage=Stage.CONTACTED)
            sender = make_sender(session, program)
            contact = make_contact(session, prospect, "ola@agency.example")
            enrollment = make_enrollment(session, prospect, contact, make_sequence(session, program, sender), sender)
            make_message(session, enrollment)
            self.mail_id = receive(session, HTML).id
            self.unmatched_id = receive(session, mail_bytes("Hello?", From="x@nowhere.example")).id
            self.root = f"/p/{program.slug}/inbox"
            self.prospect_id = prospect.id
        self.client: FlaskClient = sign_in(user)

    def post(self, act: str, mail_id: int | None = None, **data: str) -> int:
        path = f"{self.root}/{mail_id or self.mail_id}/{act}"
        return self.client.post(path, data=data).status_code

    def text(self, path: str = "") -> str:
        answer = self.client.get(self.root + path)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def world(sign_in: SignIn) -> World:
    return World(sign_in)


def test_the_list_the_thread_and_the_prospect_beside_it(world: World) -> None:
    listed = world.text()
    assert "Sounds good." in listed
    page = world.text(f"/{world.mail_id}")
    for shown in (
        "Shall we talk?",
        "<p>Sounds <b>good</b>.</p>",
        "Engaged",
        "Matched by its sender",
        "A person answered",
    ):
        assert shown in page
    assert "alert(1)" not in page
    assert "spy.example" not in page
    assert "sb-nav-count" in page


def test_answering_sends_and_finishes(world: World) -> None:
    assert world.post("answer", text=" ") == 422
    assert world.post("answer", text="Thursday?") == 303
    with reading() as session:
        sent = session.scalars(select(Message).where(Message.kind == MessageKind.ANSWER)).one()
        assert sent.text.startswith("Thursday?")
        mail = session.get_one(ReceivedMail, world.mail_id)
        assert mail.handled_at is not None
    assert "Nothing to answer" in world.text()


def test_done_snooze_and_back(world: World) -> None:
    assert world.post("done") == 303
    assert "Sounds good." in world.text("?tab=done")
    assert world.post("reopen") == 303
    assert world.post("snooze", until="day") == 422
    assert world.post("snooze", until="7") == 303
    assert "until" in world.text("?tab=snoozed")


def test_marks(world: World) -> None:
    assert world.post("mark", mark="nonsense") == 422
    assert world.post("mark", mark="not_now", wake_up_on="2020-01-01") == 422
    assert world.post("mark", mark="no") == 303
    with reading() as session:
        assert session.get_one(Prospect, world.prospect_id).stage is Stage.WITHDRAWN


def test_matching_by_hand(world: World) -> None:
    assert "Whose is it?" in world.text(f"/{world.unmatched_id}?tab=triage")
    assert world.post("match", world.unmatched_id, domain="nobody.example") == 422
    assert world.post("match", world.unmatched_id, domain="agency.example") == 303
    assert "Every mail found its prospect" in world.text("?tab=triage")


def test_the_timeline_tells_the_mails(world: World) -> None:
    page = world.client.get(world.root.replace("inbox", f"prospects/{world.prospect_id}")).text
    assert "Reply: Re: A partner idea" in page
    assert "Mail sent: A partner idea" in page


def test_attachments_are_listed_and_can_only_be_saved(world: World, sign_in: SignIn) -> None:
    letter = EmailMessage()
    letter["From"], letter["Subject"], letter["To"] = "Ola <ola@agency.example>", "Our kit", "theo@mail.example"
    letter.set_content("See the file.")
    page = b"<script>alert(document.domain)</script>"
    letter.add_attachment(page, maintype="text", subtype="html", filename="kit.html")
    with transaction() as session:
        mail_id = receive(session, letter.as_bytes()).id
    shown = world.text(f"/{mail_id}")
    assert "kit.html" in shown
    assert "text/html · 39 bytes" in shown
    assert "may run a program" in shown
    saved = world.client.get(f"{world.root}/{mail_id}/attachments/1")
    assert saved.data == page
    assert saved.headers["Content-Disposition"] == "attachment; filename=kit.html"
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert world.client.get(f"{world.root}/{mail_id}/attachments/2").status_code == 404
    with transaction() as session:
        stranger = make_user(session)
    assert sign_in(stranger).get(f"{world.root}/{mail_id}/attachments/1").status_code == 404
