"""Holidays of a country, and days that a program or a sender adds or takes out: shown, and kept by what is sent."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import now
from app.db import reading, transaction
from app.models import Enrollment, Program, Role, SequenceVersion
from app.queries.sequence_content import own_days_of, plan_of
from app.services.ledger.facts import load_facts
from outreach.public_holidays import named_holidays
from outreach.sequence import Sequence
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers
# 11 November is a holiday in Poland; the Monday before it is a day like others.
HOLIDAY, BRIDGE = date(2026, 11, 11), date(2026, 11, 9)


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        return make_program(session)


@pytest.fixture
def admin(app: Flask, sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session, Role.ADMIN)
    return sign_in(user)


def put(admin: FlaskClient, program: Program, day: date, kind: str, **values: Any) -> int:
    data = {"day": day.isoformat(), "kind": kind, "country": "pl", "sender_id": "", "name": "", **values}
    return admin.post(f"/p/{program.slug}/holidays", data=data).status_code


def plan(enrollment: Enrollment) -> Sequence:
    with reading() as session:
        return load_facts(session, [enrollment.id], at=now())[enrollment.id].plan


def test_days_of_ones_own_are_kept_by_the_mails_of_whom_they_are_for(admin: FlaskClient, program: Program) -> None:
    with transaction() as session:
        prospect = make_prospect(session, program)
        senders = [make_sender(session, program) for _ in range(2)]
        sequence = make_sequence(session, program)
        mine, other = (
            make_enrollment(session, prospect, make_contact(session, prospect), sequence, sender) for sender in senders
        )
    assert put(admin, program, HOLIDAY, "work") == 303
    assert put(admin, program, BRIDGE, "free", sender_id=str(senders[0].id), name="Works outing") == 303
    assert HOLIDAY not in plan(mine).holidays_of("PL")
    assert BRIDGE in plan(mine).holidays_of("PL")
    assert BRIDGE not in plan(other).holidays_of("PL")
    assert BRIDGE not in plan(mine).holidays_of("DE")
    page = admin.get(f"/p/{program.slug}/holidays?country=pl&year=2026").text
    assert ("Works outing" in page, "2026-11-11" in page, senders[0].name in page) == (True, True, True)
    gone = admin.post(
        f"/p/{program.slug}/holidays/take-out",
        data={"day": HOLIDAY.isoformat(), "country": "PL"},
        follow_redirects=True,
    )
    assert "is again what the calendar says" in gone.text
    assert HOLIDAY in plan(mine).holidays_of("PL")


def test_a_sequence_that_keeps_no_holidays_keeps_none_of_ones_own() -> None:
    steps = [{"id": "one", "kind": "email", "variants": [{"id": "a"}]}]
    own = own_days_of([{"day": BRIDGE.isoformat(), "country": "", "is_free": True, "sender_id": None}])
    for keeps in (True, False):
        version = SequenceVersion(content={"plan": {"id": "s", "steps": steps}, "keeps_holidays": keeps})
        assert (BRIDGE in plan_of(version, own).holidays_of("PL")) == keeps


def test_what_is_no_day_is_said(admin: FlaskClient, program: Program) -> None:
    for values, said in (
        ({"day": "2026-02-30"}, "Not a valid date"),
        ({"day": "1999-01-01"}, "Choose a day from 2024 to 2036"),
        ({"country": "Poland"}, "Write the country"),
        ({"name": "x" * 81}, "At most 80 characters"),
    ):
        data = {"day": "2026-11-09", "kind": "free", "country": "", "sender_id": "", "name": "", **values}
        answer = admin.post(f"/p/{program.slug}/holidays", data=data)
        assert (answer.status_code, said in answer.text) == (422, True), said
    assert put(admin, program, BRIDGE, "free", sender_id="999999") == 404
    assert "No holidays are known for “QQ”" in admin.get(f"/p/{program.slug}/holidays?country=QQ").text


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [("PL", "de", "Neujahr"), ("PL", "pl", "Nowy Rok"), ("US", "pl", "New Year's Day"), ("DE", "en", "New Year's Day")],
)
def test_holidays_are_named_in_the_language_of_the_reader_where_it_is_known(
    country: str, language: str, name: str
) -> None:
    assert named_holidays(country, 2026, language)[0] == (date(2026, 1, 1), name)
