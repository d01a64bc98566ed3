"""Guessing is slow: per network address and per account, with and without the queue server."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db, dispatch
from app.config import Settings
from app.db import reading, transaction
from app.extensions import limiter
from app.factory import create_app
from app.models import User
from app.services.passwords import hash_password
from app.web.auth import sign_in as sign_in_views
from tests.conftest import NO_QUEUE
from tests.world import make_user

PASSWORD = "copper lantern orchard"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture(params=["queue server", "no queue server"])
def guarded(request: pytest.FixtureRequest, database_url: str, password_hash: str) -> Iterator[Flask]:
    """An app with its limits on, counting on a real queue server, and in memory where that is away."""
    url = request.getfixturevalue("queue_url") if request.param == "queue server" else NO_QUEUE
    limiter.enabled = True
    app = create_app(Settings(database_url=database_url, redis_url=url))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    limiter._storage_dead = False  # a limiter lives as long as its process; this app has not tried its server yet
    with transaction() as session:
        make_user(session, email="ada@example.com", password_hash=password_hash)
        make_user(session, email="bob@example.com", password_hash=password_hash)
    yield app
    limiter._storage_dead = False
    db.dispose()
    dispatch.dispose()


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Count the passwords that are really checked, at no cost in time."""
    seen: list[str | None] = []
    real = sign_in_views.check_password

    def count(stored: str | None, password: str) -> object:
        seen.append(stored)
        return real(stored, password) if password == PASSWORD else real(None, "")

    monkeypatch.setattr(sign_in_views, "check_password", count)
    return seen


def attempt(client: FlaskClient, email: str, password: str = "wrong password here", address: str = "192.0.2.1") -> int:
    return client.post(
        "/login", data={"email": email, "password": password}, environ_base={"REMOTE_ADDR": address}
    ).status_code


def test_guesses_from_one_address_try_ten(guarded: Flask, tried: list[str | None]) -> None:
    client = guarded.test_client()
    answers = [attempt(client, f"person{number}@example.com") for number in range(60)]
    assert answers.count(422) == len(tried) == 10
    assert answers.count(429) == 50


def test_guesses_at_one_account_from_many_addresses_try_ten(guarded: Flask, tried: list[str | None]) -> None:
    client = guarded.test_client()
    answers = [attempt(client, "Ada@example.com", address=f"192.0.2.{number}") for number in range(30)]
    assert answers.count(422) == len(tried) == 10
    assert attempt(client, "bob@example.com", PASSWORD, "192.0.2.200") == 303


def test_office_that_signs_in_is_not_locked_out(guarded: Flask) -> None:
    client = guarded.test_client()
    answers = [attempt(client, "ada@example.com", PASSWORD) for _ in range(15)]
    assert set(answers) == {303}


def test_refused_try_says_when_to_come_back(guarded: Flask) -> None:
    client = guarded.test_client()
    for _ in range(11):
        answer = client.post("/login", data={"email": "x@example.com", "password": "y"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert "Wait ten minutes, then try again." in answer.text
    assert "Too many tries" in answer.text


def test_reset_mail_is_limited_per_account(guarded: Flask) -> None:
    client = guarded.test_client()
    answers = [
        client.post(
            "/forgot-password", data={"email": "ada@example.com"}, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"}
        ).status_code
        for number in range(5)
    ]
    assert answers == [200, 200, 200, 429, 429]


def test_own_password_cannot_be_guessed_from_an_open_laptop(guarded: Flask) -> None:
    client = guarded.test_client()
    assert attempt(client, "ada@example.com", PASSWORD) == 303
    answers = [
        client.post("/account/password", data={"current_password": "guess guess guess", "password": "a b c d e f g h"})
        for _ in range(11)
    ]
    assert [answer.status_code for answer in answers].count(422) == 10
    assert answers[-1].status_code == 429
    with reading() as session:
        assert session.get_one(User, 1).password_hash.startswith("$argon2id$")
