"""Reports by mail: chosen on the report's page, sent once a period with picture and tables, ended by one press."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, func, select

from app.db import reading, snapshot, transaction
from app.jobs.notices import send_one
from app.jobs.report_mails import post_report_mails
from app.models import Membership, Notice, Program, Stage, User
from app.models.report_mail import NoticePart, ReportMail
from app.queries.reports.kinds import KINDS
from app.queries.reports.table import Bar, Picture, Unit
from app.services import report_mails
from app.services.notices import claim_notices
from app.services.report_mails import compose, post_composed
from app.services.report_pictures import draw
from outreach.transports.message import Accepted, Mailbox, Message, to_mime
from outreach.transports.sendgrid import payload_of
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers
MONDAY = datetime(2031, 1, 6, 6, 1, tzinfo=UTC)


class Kept:
    """A transport that keeps what it was given."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> Accepted:
        self.messages.append(message)
        return Accepted("1")


@pytest.fixture
def place(app: Flask) -> tuple[User, Program]:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user, slug="north", name="North <b>")
        make_prospect(session, program, source="Łódź fair", stage=Stage.CONTACTED)
        return user, program


@pytest.fixture
def client(place: tuple[User, Program], sign_in: SignIn) -> FlaskClient:
    return sign_in(place[0])


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(report_mails, "now", lambda: moment)
    monkeypatch.setattr(report_mails, "today", moment.date)


def posted() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Notice)) or 0


def choose(client: FlaskClient, rhythm: str = "weekly") -> None:
    data = {"rhythm": rhythm, "period": "30", "group": "source", "country": "none"}
    assert client.post("/p/north/reports/funnel/mail", data=data).status_code == 303


def test_it_comes_once_a_week_however_often_workers_ask(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(client)
    assert "By mail: weekly" in client.get("/p/north/reports/funnel").text
    assert post_report_mails() == 0, "the week it was asked for in is over"
    set_clock(monkeypatch, MONDAY.replace(hour=5))
    assert post_report_mails() == 0
    set_clock(monkeypatch, MONDAY)
    with reading() as session:
        mail_id = session.scalars(select(ReportMail.id)).one()
    with snapshot() as session:
        late = compose(session, mail_id)
    assert late is not None
    assert post_report_mails() == 1
    assert post_report_mails() == 0
    with transaction() as session:
        assert not post_composed(session, late), "another worker had composed it at the same time"
    assert posted() == 1
    set_clock(monkeypatch, MONDAY.replace(day=13))
    assert post_report_mails() == 1


def test_a_report_that_breaks_waits_a_week_and_holds_up_no_other(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("a fault of ours")

    choose(client)
    data = {"rhythm": "weekly", "period": "30"}
    assert client.post("/p/north/reports/workload/mail", data=data).status_code == 303
    monkeypatch.setitem(KINDS, "funnel", replace(KINDS["funnel"], ask=broken))
    set_clock(monkeypatch, MONDAY)
    assert post_report_mails() == 1
    with reading() as session:
        assert len(set(session.scalars(select(ReportMail.posted_for)))) == 1
    assert post_report_mails() == 0


def test_the_mail_shows_picture_and_tables_and_ends_by_one_press(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(client, "monthly")
    set_clock(monkeypatch, MONDAY)
    post_report_mails()
    with transaction() as session:
        (claimed,) = claim_notices(session)
    kept = Kept()
    assert send_one(claimed, transport=kept, sender=Mailbox("product@example.com"))
    mime = message_from_bytes(to_mime(kept.messages[0]).as_bytes(), policy=default)
    html = mime.get_body(("html",))
    assert html is not None
    words = html.get_content()
    assert "cid:report" in words
    assert "North &lt;b&gt;" in words
    assert "Łódź fair" in words
    assert "country=none&amp;period=30&amp;group=source" in words
    picture = next(part for part in mime.walk() if part.get_content_type() == "image/png")
    assert picture["Content-ID"] == "<report>"
    assert Image.open(BytesIO(picture.get_content())).size[0] == 1280
    assert payload_of(kept.messages[0])["attachments"][0]["content_id"] == "report"
    plain = mime.get_body(("plain",))
    assert plain is not None
    assert "Łódź fair" in plain.get_content()
    stop = re.search(r"/u/report/[\w-]+", plain.get_content())
    assert stop is not None
    assert mime["List-Unsubscribe"].endswith(f"{stop[0]}>")
    stranger = app.test_client()
    assert stranger.get(f"{stop[0]}x").status_code == 404
    assert "Send it no more" in stranger.get(stop[0]).text
    assert stranger.post(stop[0]).status_code == 200
    assert "Done" in stranger.get(stop[0]).text
    with reading() as session:
        assert session.scalar(select(ReportMail.id)) is None


def test_mail_and_its_end_are_in_the_receivers_language(client: FlaskClient, place: tuple[User, Program]) -> None:
    with transaction() as session:
        session.get_one(User, place[0].id).language = "de"
    choose(client)
    with reading() as session:
        row = session.scalars(select(ReportMail)).one()
        composed = compose(session, row.id)
    assert composed is not None
    assert composed.subject == "Trichter: North <b>, Letzte 30 Tage"
    assert "Kandidaten, die jede Phase erreichten" in composed.text
    assert "Bericht öffnen" in composed.html
    stop = re.search(r"/u/report/[\w-]+", composed.stop_url)
    assert stop is not None
    page = client.application.test_client().get(stop[0]).text
    assert "Den Bericht „Trichter“ per Mail abbestellen?" in page


def test_who_left_the_program_gets_no_more(
    client: FlaskClient, place: tuple[User, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(client)
    with transaction() as session:
        session.execute(delete(Membership).where(Membership.user_id == place[0].id))
    set_clock(monkeypatch, MONDAY)
    assert post_report_mails() == 0
    with reading() as session:
        assert session.scalar(select(ReportMail.id)) is None
        assert session.scalar(select(NoticePart.notice_id)) is None


def test_choosing_again_replaces_and_off_ends(client: FlaskClient) -> None:
    choose(client)
    choose(client, "monthly")
    assert client.post("/p/north/reports/funnel/mail", data={"rhythm": "hourly"}).status_code == 422
    with reading() as session:
        row = session.scalars(select(ReportMail)).one()
        assert (row.rhythm, row.query) == ("monthly", "country=none&period=30&group=source")
    assert client.post("/p/north/reports/funnel/mail", data={"rhythm": "off"}).status_code == 303
    with reading() as session:
        assert session.scalar(select(ReportMail.id)) is None


def test_a_picture_is_drawn_whatever_its_bars_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    bars = (Bar("Łódź " * 20, 0.5, "n = 3", 0.2, 0.9), Bar("مرحبا", 0.0), Bar("", 1.0))
    for picture in (Picture(title="Ź", unit=Unit.SHARE, bars=bars), Picture(title="None", unit=Unit.COUNT, bars=())):
        image = Image.open(BytesIO(draw(picture)))
        assert image.format == "PNG"
        assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
