"""Reset and invitation links through the screens, and the same answer for known and unknown addresses."""

import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import reading, transaction
from app.models import Invitation, Notice, Role, User
from app.services.invitations import Invite, invite
from app.services.password_resets import choose_link
from app.services.passwords import hash_password
from app.web.auth import password_links
from tests.web.conftest import SignIn, without_tokens
from tests.world import make_program, make_user

GOOD = "copper lantern orchard"


@pytest.fixture
def user(app: Flask) -> User:
    with transaction() as session:
        return make_user(
            session, email="ada@example.com", name="Ada Vint", password_hash=hash_password("another one of hers")
        )


def reset_path(user: User) -> str:
    with transaction() as session:
        return choose_link(session, session.get_one(User, user.id), reset_url="/reset/")


def invitation_path(**values: object) -> str:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
        wanted = {"email": "nia@example.com", "role": Role.ASSOCIATE, "program_ids": [], "accept_url": "/invitation/"}
        return invite(session, Invite(**(wanted | values)), inviter=admin).link


def test_mailed_link_sets_a_password_and_signs_in(client: FlaskClient, sign_in: SignIn, user: User) -> None:
    elsewhere = sign_in(user)
    assert client.post("/forgot-password", data={"email": "ADA@example.com"}).status_code == 200
    with reading() as session:
        text = session.scalars(select(Notice.text)).one()
    path = "/reset/" + text.partition("/reset/")[2].split()[0]
    assert "ada@example.com" in client.get(path).text
    answer = client.post(path, data={"password": GOOD})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert client.get(path).status_code == 410
    client.post("/logout")
    assert client.post("/login", data={"email": "ada@example.com", "password": GOOD}).status_code == 303


def test_weak_password_keeps_the_link_alive(client: FlaskClient, user: User) -> None:
    path = reset_path(user)
    answer = client.post(path, data={"password": "short"})
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.text
    assert client.post(path, data={"password": GOOD}).status_code == 303


def test_link_is_dead_after_an_hour(client: FlaskClient, user: User) -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        path = reset_path(user)
        clock.shift(timedelta(minutes=59))
        assert client.get(path).status_code == 200
        clock.shift(timedelta(minutes=1))
        answer = client.get(path)
        assert answer.status_code == 410
        assert "Ask for a new link" in answer.text
        assert client.post(path, data={"password": GOOD}).status_code == 410


@pytest.mark.parametrize("path", ["/reset/x", "/reset/" + "x" * 43, "/invitation/x", "/invitation/" + "é" * 2000])
def test_made_up_links_open_nothing(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 410
    assert client.post(path, data={"password": GOOD, "name": "x"}).status_code == 410


def test_reset_answers_alike_for_known_unknown_and_closed(client: FlaskClient, app: Flask, user: User) -> None:
    with transaction() as session:
        make_user(session, email="closed@example.com", is_active=False)
    texts = set()
    for email in ("ada@example.com", "nobody@example.com", "closed@example.com", "not an address"):
        answer = client.post("/forgot-password", data={"email": email})
        texts.add((answer.status_code, without_tokens(answer.text)))
    assert len(texts) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_sign_in_works_as_hard_for_an_unknown_address(client: FlaskClient, user: User) -> None:
    """Processor time, because a busy machine stretches the clock; docs/security.md has the clock's figures."""
    took: dict[str, list[float]] = {"ada@example.com": [], "nobody@example.com": []}
    for _ in range(5):
        for email, times in took.items():
            started = time.process_time()
            client.post("/login", data={"email": email, "password": "wrong password here"})
            times.append(time.process_time() - started)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.6 < known / unknown < 1.6


def test_reset_never_answers_before_its_time(client: FlaskClient, user: User) -> None:
    for email in ("ada@example.com", "nobody@example.com"):
        started = time.monotonic()
        client.post("/forgot-password", data={"email": email})
        assert time.monotonic() - started >= password_links.ANSWER_AFTER_S


def test_invited_person_chooses_name_and_password_and_is_in(client: FlaskClient, app: Flask) -> None:
    with transaction() as session:
        program = make_program(session, name="Afterglow partners")
    path = invitation_path(program_ids=[program.id])
    assert "nia@example.com" in client.get(path).text
    answer = client.post(path, data={"name": "Nia Ward", "password": GOOD})
    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/account").text
    assert "Nia Ward" in page
    assert "Afterglow partners" in page
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "", "password": GOOD}, "Type your name."),
        ({"name": "Nia", "password": ""}, "Choose a password."),
        ({"name": "Nia", "password": "short"}, "at least 12 characters"),
        ({"name": "Nia", "password": "nia@example.com"}, "do not use your e-mail"),
        ({"name": "\u200b", "password": GOOD}, "Type a name"),
    ],
)
def test_bad_choices_are_explained_and_keep_the_invitation(
    client: FlaskClient, values: dict[str, str], words: str
) -> None:
    path = invitation_path()
    answer = client.post(path, data=values)
    assert answer.status_code == 422
    assert words in answer.text
    with reading() as session:
        assert session.scalars(select(Invitation.accepted_at)).one() is None


def test_markup_in_a_name_is_shown_as_text(client: FlaskClient, app: Flask) -> None:
    client.post(invitation_path(), data={"name": "<img src=x onerror=alert(1)>", "password": GOOD})
    page = client.get("/account").text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
