"""The outbox: what was written, what became of it, and links that lead only home."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import transaction
from app.models import NoticeState, Role
from app.queries.outbox import PAGE_SIZE
from app.services.notices import claim_notices, post_notice, record_failure
from app.web.outbox.views import split_links
from tests.web.conftest import SignIn
from tests.world import make_user


@pytest.fixture
def admin(sign_in: SignIn, app: Flask) -> FlaskClient:
    with transaction() as session:
        return_to = make_user(session, Role.ADMIN)
    return sign_in(return_to)


def post(subject: str = "Set a new password", text: str = "Hello") -> int:
    with transaction() as session:
        return post_notice(session, kind="x", to_address="ada@example.com", subject=subject, text=text).id


def fail(cause: str) -> None:
    with transaction() as session:
        for claimed in claim_notices(session):
            record_failure(session, claimed, cause=cause, is_final=True)


def test_empty_outbox_says_what_will_come(admin: FlaskClient) -> None:
    assert "No mail yet" in admin.get("/outbox").text
    assert "No mail is failed" in admin.get("/outbox?state=failed").text


def test_mail_is_listed_and_read(admin: FlaskClient) -> None:
    notice_id = post(
        subject="Grüße & <b>more</b>", text="Line one\nhttp://127.0.0.1:8000/reset/abc\nhttps://evil.example/x"
    )
    assert "Grüße &amp; &lt;b&gt;more&lt;/b&gt;" in admin.get("/outbox").text
    page = admin.get(f"/outbox/{notice_id}").text
    assert '<a href="http://127.0.0.1:8000/reset/abc">' in page
    assert "https://evil.example/x" in page
    assert 'href="https://evil.example' not in page


def test_failure_shows_its_cause_and_can_be_sent_again(admin: FlaskClient) -> None:
    notice_id = post()
    fail("The server answered 550 no such mailbox")
    assert "550 no such mailbox" in admin.get(f"/outbox/{notice_id}").text
    assert admin.post(f"/outbox/{notice_id}/send-again").status_code == 303
    assert "No mail is failed" in admin.get("/outbox?state=failed").text
    assert admin.post(f"/outbox/{notice_id}/send-again").status_code == 409


def test_unknown_mail_is_a_plain_404(admin: FlaskClient) -> None:
    assert admin.get("/outbox/404").status_code == 404
    assert admin.post("/outbox/404/send-again").status_code == 404


def test_older_mail_is_a_page_away_and_nothing_is_skipped(admin: FlaskClient) -> None:
    with transaction() as session:
        for number in range(PAGE_SIZE + 5):
            post_notice(session, kind="x", to_address="a@b.org", subject=f"mail-{number:03d}.", text="t")
    first = admin.get("/outbox").text
    older = admin.get("/outbox?before=6").text
    assert "before=6" in first
    assert all(f"mail-{number:03d}." in (first if number >= 5 else older) for number in range(PAGE_SIZE + 5))
    assert "mail-004." not in first
    assert "Older mail" not in older


@pytest.mark.parametrize(
    "query", ["state=nonsense", "before=abc", "before=-1", "state=sent&before=9999999999999999999999"]
)
def test_odd_addresses_do_no_harm(admin: FlaskClient, query: str) -> None:
    assert admin.get(f"/outbox?{query}").status_code == 200


def test_states_are_counted(admin: FlaskClient) -> None:
    post()
    fail("no luck")
    post()
    page = admin.get("/outbox").text
    for state, count in ((NoticeState.FAILED, 1), (NoticeState.WAITING, 1), (NoticeState.SENT, 0)):
        assert f'{state.value.capitalize()} <span class="sb-num">{count}</span>' in page


def test_links_are_cut_without_losing_a_letter() -> None:
    text = "a https://x.example/reset/t-_1 b https://x.example.evil/reset c https://x.example/\n"
    pieces = split_links(text, "https://x.example")
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_link in pieces if is_link] == ["https://x.example/reset/t-_1"]
