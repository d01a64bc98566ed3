"""A report that took long serves the next ones for a minute, until somebody does something or wants it anew."""

import math
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import now
from app.db import transaction
from app.models import Program, Stage, User
from app.queries.reports import kept
from app.services.audit import record_audit
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def user(app: Flask) -> User:
    with transaction() as session:
        return make_user(session)


@pytest.fixture
def program(user: User) -> Program:
    with transaction() as session:
        program = make_program(session, user, slug="north")
        make_prospect(session, program, stage=Stage.CONTACTED)
    return program


@pytest.fixture
def client(user: User, program: Program, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(kept, "KEPT_FROM_S", 0.0)
    monkeypatch.setattr(kept, "_kept", {})
    return sign_in(user)


def added(client: FlaskClient, **headers: str) -> str:
    """Return how many prospects were added, as the funnel's file or page has them."""
    answer = client.get("/p/north/reports/funnel", headers=headers).text
    return answer.split('class="rp-value">')[1].split("<")[0].strip()


def add_quietly(program: Program) -> None:
    with transaction() as session:
        make_prospect(session, program)


def test_within_the_minute_the_page_and_its_file_say_the_same(client: FlaskClient, program: Program) -> None:
    assert added(client) == "1"
    add_quietly(program)
    assert added(client) == "1"
    assert "Sourced,1," in client.get("/p/north/reports/funnel.csv").text


def test_after_the_minute_and_for_a_page_that_is_loaded_again_it_is_new(
    client: FlaskClient, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert added(client) == "1"
    add_quietly(program)
    assert added(client, **{"Cache-Control": "max-age=0"}) == "2"
    add_quietly(program)
    assert added(client) == "2"
    monkeypatch.setattr(kept, "KEPT_FOR_S", 0.0)
    assert added(client, **{"Cache-Control": "no-cache"}) == "3"
    add_quietly(program)
    assert added(client) == "4"


def test_what_somebody_does_makes_a_new_one(client: FlaskClient, program: Program, user: User) -> None:
    assert added(client) == "1"
    with transaction() as session:
        make_prospect(session, program)
        record_audit(session, "prospect.moved", subject="prospect:1", actor_id=user.id, program_id=program.id)
    assert added(client) == "2"


def test_days_languages_and_limits_have_their_own(client: FlaskClient, program: Program, user: User) -> None:
    assert added(client) == "1"
    add_quietly(program)
    other = client.get("/p/north/reports/funnel?period=30").text
    assert other.split('class="rp-value">')[1].split("<")[0].strip() == "2"
    with transaction() as session:
        session.get_one(User, user.id).language = "de"
    assert added(client) == "2"


def test_what_is_quick_is_worked_out_each_time(
    client: FlaskClient, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "KEPT_FROM_S", 60.0)
    assert added(client) == "1"
    add_quietly(program)
    assert added(client) == "2"


def test_it_says_when_it_was_made(client: FlaskClient) -> None:
    moments = {f"{at.hour:02}:{at.minute:02} UTC" for at in (now(), now() + timedelta(minutes=1))}
    page = client.get("/p/north/reports/funnel").text
    assert any(moment in page for moment in moments)


def test_what_was_worked_out_anew_and_quickly_takes_the_old_one_away(
    client: FlaskClient, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert added(client) == "1"
    add_quietly(program)
    monkeypatch.setattr(kept, "KEPT_FROM_S", math.inf)
    assert added(client, **{"Cache-Control": "no-cache"}) == "2"
    assert added(client) == "2"
