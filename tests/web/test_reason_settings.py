"""A program's own reasons: chosen on the board and in the review, read by applicants, retired and never lost."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import today
from app.db import reading, transaction
from app.models import Decision, Program, Prospect, Role, StageChange
from app.models.program_settings import OwnReason, ReasonKind
from app.services.languages import in_language
from app.services.own_reasons import own_reasons
from app.services.reason_words import has_words, reasons_for_applicant
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers
WORDS = {"words_en": "Come back in spring.", "words_pl": "Zapraszamy wiosną."}


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        return make_program(session)


@pytest.fixture
def prospect(program: Program) -> Prospect:
    with transaction() as session:
        return make_prospect(session, program)


@pytest.fixture
def admin(app: Flask, sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session, Role.ADMIN)
    return sign_in(user)


def add(admin: FlaskClient, program: Program, kind: str, label: str, **words: str) -> OwnReason:
    data = {"kind": kind, "label": label, **words}
    assert admin.post(f"/p/{program.slug}/reasons", data=data).status_code == 303
    with reading() as session:
        return own_reasons(session, program.id, ReasonKind(kind))[-1]


def test_what_cannot_be_a_reason_is_said(admin: FlaskClient, program: Program) -> None:
    add(admin, program, "decline", "Too early", **WORDS)
    for data, said in (
        ({"label": " "}, "Name the reason, in 80 characters"),
        ({"label": "TOO EARLY"}, "There is a reason “TOO EARLY” already"),
        ({"label": "Late", "words_pl": "Za późno"}, "Write it in English too"),
        ({"label": "Late", "words_en": "Late.", "change_pl": "Wcześniej"}, "Write it in English too"),
        ({"label": "Late", "change_en": "Sooner."}, "Say first why, then what to change."),
        ({"label": "Late", "words_en": "x" * 301}, "At most 300 characters; this has 301"),
    ):
        answer = admin.post(f"/p/{program.slug}/reasons", data={"kind": "decline", **data})
        assert (answer.status_code, said in answer.text) == (422, True), said


def test_a_decline_keeps_its_reason_after_it_was_retired(
    admin: FlaskClient, program: Program, prospect: Prospect
) -> None:
    reason = add(admin, program, "decline", "Too early", **WORDS)
    move = f"/p/{program.slug}/prospects/{prospect.id}/move"
    assert f'value="{reason.code}"' in admin.get(f"{move}?to=declined").text
    assert admin.post(move, data={"stage": "declined", "reason_codes": reason.code}).status_code == 303
    retired = admin.post(f"/p/{program.slug}/reasons/{reason.id}/retire", follow_redirects=True)
    assert f'action="/p/{program.slug}/reasons/{reason.id}/restore"' in retired.text
    assert f'value="{reason.code}"' not in admin.get(f"{move}?to=declined").text
    with reading() as session:
        decision = session.scalars(select(Decision).where(Decision.prospect_id == prospect.id)).one()
        change = session.get_one(StageChange, decision.stage_change_id)
    assert (decision.reason_codes, change.reason) == ([reason.code], "Too early")
    receipt = f"/p/{program.slug}/prospects/{prospect.id}/receipts/{change.id}"
    assert "Too early" in admin.get(receipt).text
    with transaction() as session:
        again = make_prospect(session, program)
    late = f"/p/{program.slug}/prospects/{again.id}/move"
    assert "is no reason to decline" in admin.post(late, data={"stage": "declined", "reason_codes": reason.code}).text


def test_applicants_read_a_reason_in_their_language(admin: FlaskClient, program: Program) -> None:
    told, silent = add(admin, program, "decline", "Too early", **WORDS), add(admin, program, "decline", "Inner")
    codes = [told.code, silent.code, "competitor"]
    with reading() as session:
        for language, first in (("pl", "Zapraszamy wiosną."), ("de", "Come back in spring.")):
            with in_language(language):
                read = reasons_for_applicant(session, program.id, codes)
            assert (len(read), read[0].why) == (2, first)
        assert not has_words(session, program.id, [silent.code, "other"])


def test_applicants_read_what_to_change_for_a_programs_own_reason(admin: FlaskClient, program: Program) -> None:
    told = add(admin, program, "decline", "Too early", **WORDS, change_en="Show a year's work.", change_de="Ein Jahr.")
    form = admin.get(f"/p/{program.slug}/reasons/{told.id}").text
    assert 'value="Show a year&#39;s work."' in form
    assert "Come back in spring. Show a year&#39;s work." in admin.get(f"/p/{program.slug}/reasons").text
    with reading() as session:
        for language, change in (("pl", "Show a year's work."), ("de", "Ein Jahr."), ("en", "Show a year's work.")):
            with in_language(language):
                assert reasons_for_applicant(session, program.id, [told.code])[0].change == change


def test_dormancy_offers_the_programs_reasons_in_their_order(
    admin: FlaskClient, program: Program, prospect: Prospect
) -> None:
    add(admin, program, "dormancy", "No budget")
    season = add(admin, program, "dormancy", "Out of season")
    admin.post(f"/p/{program.slug}/reasons/{season.id}/up")
    move = f"/p/{program.slug}/prospects/{prospect.id}/move"
    form = admin.get(f"{move}?to=dormant").text
    assert 0 < form.index(">Out of season<") < form.index(">No budget<")
    data = {
        "stage": "dormant",
        "wake_up_on": (today() + timedelta(days=9)).isoformat(),
        "listed_reason": "Out of season",
        "reason": "Skis only",
    }
    assert admin.post(move, data=data).status_code == 303
    with reading() as session:
        last = select(StageChange.reason).where(StageChange.prospect_id == prospect.id).order_by(StageChange.id.desc())
        assert session.scalars(last).first() == "Out of season: Skis only"
