"""Signing in and out: who gets in, what a cookie opens and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.db import reading, transaction
from app.models import Role, User, UserSession
from app.services.accounts import deactivate_user
from app.services.passwords import hash_password
from app.web.auth.devices import device_name
from tests.web.access_world import COOKIE_KEY
from tests.web.conftest import SignIn, without_tokens
from tests.world import make_user

PASSWORD = "copper lantern orchard"
REFUSED = "E-mail and password do not match an active account."


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def user(app: Flask, password_hash: str) -> User:
    with transaction() as session:
        return make_user(session, email="ada@example.com", name="Ada Vint", password_hash=password_hash)


def submit(client: FlaskClient, email: str = "ada@example.com", password: str = PASSWORD, **more: str) -> TestResponse:
    return client.post("/login", data={"email": email, "password": password, **more})


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("scoutboard")
    assert cookie is not None
    return cookie.value


def test_sign_in_opens_the_pages(client: FlaskClient, user: User) -> None:
    assert client.get("/account").status_code == 303
    answer = submit(client)
    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/account")
    assert page.status_code == 200
    assert "Ada Vint" in page.text


def test_email_is_read_the_way_people_type_it(client: FlaskClient, user: User) -> None:
    assert submit(client, email="  Ada@Example.COM ").status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong password here"),
        ("nobody@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("ada@example.com", PASSWORD + " "),
        ("ada@example.com", "x" * 1000),
    ],
)
def test_refusal_has_the_same_words_for_every_cause(client: FlaskClient, user: User, email: str, password: str) -> None:
    answer = submit(client, email, password)
    assert answer.status_code == 422
    assert REFUSED in answer.text
    assert client.get("/account").status_code == 303


def test_known_and_unknown_addresses_get_the_same_page(client: FlaskClient, user: User) -> None:
    known = submit(client, "ada@example.com", "wrong password here").text
    unknown = submit(client, "bob@example.com", "wrong password here").text
    assert without_tokens(known.replace("ada@", "bob@")) == without_tokens(unknown)


def test_closed_account_is_refused_like_an_unknown_one(client: FlaskClient, user: User) -> None:
    with transaction() as session:
        deactivate_user(session, user.id, actor_id=user.id)
    answer = submit(client)
    assert answer.status_code == 422
    assert REFUSED in answer.text


def test_missing_fields_are_named(client: FlaskClient, user: User) -> None:
    answer = submit(client, email="", password="")
    assert answer.status_code == 422
    assert "Type your e-mail address." in answer.text
    assert "Type your password." in answer.text


def test_password_is_never_sent_back(client: FlaskClient, user: User) -> None:
    assert "planted-secret-word" not in submit(client, password="planted-secret-word").text


def test_copied_cookie_opens_nothing_after_sign_out(client: FlaskClient, app: Flask, user: User) -> None:
    submit(client)
    thief = app.test_client()
    thief.set_cookie("scoutboard", cookie_of(client))
    assert thief.get("/account").status_code == 200
    assert client.post("/logout").location == "/login"
    assert client.get("/account").status_code == 303
    assert thief.get("/account").status_code == 303


def test_sign_in_makes_a_new_token_and_ends_the_old_session(client: FlaskClient, app: Flask, user: User) -> None:
    submit(client)
    before = cookie_of(client)
    submit(client)
    assert cookie_of(client) != before
    thief = app.test_client()
    thief.set_cookie("scoutboard", before)
    assert thief.get("/account").status_code == 303
    assert client.get("/account").status_code == 200


def test_what_a_visitor_had_in_the_cookie_does_not_survive_the_sign_in(client: FlaskClient, user: User) -> None:
    with client.session_transaction() as cookie:
        cookie[COOKIE_KEY] = "planted-token"
        cookie["planted"] = "value"
    submit(client)
    with client.session_transaction() as cookie:
        assert cookie[COOKIE_KEY] != "planted-token"
        assert "planted" not in cookie


def test_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient, user: User) -> None:
    header = submit(client).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Expires=" in header


@pytest.mark.parametrize("token", ["", "1", "x" * 43, None])
def test_made_up_tokens_open_nothing(client: FlaskClient, user: User, token: str | None) -> None:
    with client.session_transaction() as cookie:
        cookie[COOKIE_KEY] = token
    assert client.get("/account").status_code == 303


def test_session_ends_twelve_hours_after_the_sign_in_however_busy(sign_in: SignIn, user: User) -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        client = sign_in(user)
        for _ in range(11):
            clock.shift(timedelta(hours=1))
            assert client.get("/account").status_code == 200
        clock.shift(timedelta(hours=1))
        assert client.get("/account").status_code == 303


def test_use_is_noted_at_most_once_a_minute(sign_in: SignIn, user: User) -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def last_seen_at() -> datetime | None:
        with reading() as session:
            return session.scalar(select(UserSession.last_seen_at))

    with time_machine.travel(start, tick=False) as clock:
        client = sign_in(user)
        clock.shift(59)
        client.get("/account")
        assert last_seen_at() == start
        clock.shift(1)
        client.get("/account")
        assert last_seen_at() == start + timedelta(minutes=1)


def test_revoked_row_closes_the_browser_at_its_next_click(sign_in: SignIn, user: User) -> None:
    client = sign_in(user)
    with transaction() as session:
        session.execute(update(UserSession).values(revoked_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert client.get("/account").status_code == 303


def test_asked_page_comes_after_the_sign_in(client: FlaskClient, user: User) -> None:
    asked = client.get("/p/afterglow/board?owner=3&q=a%20b")
    assert asked.location == "/login?next=/p/afterglow/board?owner%3D3%26q%3Da%2520b"
    form = client.get(asked.location)
    assert 'value="/p/afterglow/board?owner=3&amp;q=a%20b"' in form.text
    assert submit(client, next="/p/afterglow/board?owner=3&q=a%20b").location == "/p/afterglow/board?owner=3&q=a%20b"


def test_hostile_next_goes_home(client: FlaskClient, user: User) -> None:
    assert submit(client, next="//evil.example/").location == "/"


def test_signed_in_visitor_skips_the_form(sign_in: SignIn, user: User) -> None:
    answer = sign_in(user).get("/login?next=/account")
    assert (answer.status_code, answer.location) == (303, "/account")


def test_fragments_and_json_are_told_in_their_own_way(client: FlaskClient) -> None:
    fragment = client.get(
        "/account", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/p/afterglow/board?q=1"}
    )
    assert fragment.status_code == 401
    assert fragment.headers["HX-Redirect"] == "/login?next=/p/afterglow/board?q%3D1"
    answer = client.get("/account", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json is not None


def test_post_without_a_session_leads_to_the_form_without_a_next(client: FlaskClient) -> None:
    answer = client.post("/account/sessions/end-others")
    assert (answer.status_code, answer.location) == (303, "/login")


def test_fresh_installation_says_how_to_begin(client: FlaskClient) -> None:
    assert "flask --app wsgi create-user" in client.get("/login").text
    with transaction() as session:
        make_user(session)
    assert "create-user" not in client.get("/login").text


def test_demo_logins_show_only_where_their_people_are(client: FlaskClient, app: Flask) -> None:
    app.config["SCOUTBOARD_DEMO_LOGINS"] = [("demo@example.com", "demo-password-9", "Looks around")]
    assert "demo-password-9" not in client.get("/login").text
    with transaction() as session:
        user_id = make_user(session, Role.DIRECTOR, email="demo@example.com", name="Helena Marsh").id
    page = client.get("/login").text
    assert "demo-password-9" in page
    assert "Helena Marsh" in page
    with transaction() as session:
        deactivate_user(session, user_id, actor_id=user_id)
    assert "demo-password-9" not in client.get("/login").text


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/17.0 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) CriOS/120.0 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("", "Unknown browser"),
        ("<script>alert(1)</script>", "Unknown browser"),
    ],
)
def test_devices_are_named_as_people_know_them(header: str, name: str) -> None:
    assert device_name(header) == name


@pytest.mark.parametrize("path", ["/login", "/forgot-password"])
def test_a_monitor_that_asks_for_the_head_alone_sees_the_page_stand(client: FlaskClient, path: str) -> None:
    assert client.head(path).status_code == 200
