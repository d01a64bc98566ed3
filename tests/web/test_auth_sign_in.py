"""Signing in and out: who gets in, what a cookie opens and for how long."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.models import AuditEvent, User, UserSession
from app.services.passwords import hash_password
from tests.web.conftest import SignIn
from tests.world import make_user

PASSWORD = "copper lantern orchard"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def user(app: Flask, password_hash: str) -> User:
    with transaction() as session:
        return make_user(session, email="ada@example.com", name="Ada Vint", password_hash=password_hash)


def sign_in_by_form(client: FlaskClient, email: str = "ada@example.com", password: str = PASSWORD, **more: str):
    return client.post("/login", data={"email": email, "password": password, **more})


def test_sign_in_opens_the_account_page(client: FlaskClient, user: User) -> None:
    assert client.get("/account").status_code == 303
    answer = sign_in_by_form(client)
    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/account")
    assert page.status_code == 200
    assert "Ada Vint" in page.text


def test_email_is_read_the_way_people_type_it(client: FlaskClient, user: User) -> None:
    assert sign_in_by_form(client, email="  Ada@Example.COM ").status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong password here"),
        ("nobody@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("ada@example.com", PASSWORD + " "),
    ],
)
def test_refusal_has_the_same_words_for_every_cause(client: FlaskClient, user: User, email: str, password: str) -> None:
    answer = sign_in_by_form(client, email, password)
    assert answer.status_code == 422
    assert "E-mail and password do not match an active account." in answer.text
    assert client.get("/account").status_code == 303
