"""The backtest screen and command: not enough, a result, adoption by a person, roll-back; and what each changes."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now
from app.config import Settings
from app.db import reading, transaction
from app.jobs import runtime
from app.jobs.backtests import run_backtests
from app.jobs.fit import drain_fit
from app.models import Adoption, AuditEvent, Backtest, BacktestState, DecisionOutcome, FitScore, User
from app.services.decisions import Verdict, decide
from tests.fit_world import FitWorld, make_fit_world

SignIn = Callable[[User], FlaskClient]
URL = "/p/agencies/profile/backtest"
RESULT = {
    "enough": True, "verdict": "v", "is_worse": False, "trained_on": 28, "tested_on": 12, "approved_in_test": 6, "k": 5,
    "rankings": [], "calibration": [], "calibration_error": None, "missed": [], "split_at": None, "decisions": 40,
    "without_text": 0,
}  # fmt: skip
APPROVE = Verdict(outcome=DecisionOutcome.APPROVE, reason_codes=("strong_fit",))
DECLINE = Verdict(outcome=DecisionOutcome.DECLINE, reason_codes=("not_a_fit",))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, embedding_model="hashing-test")


@pytest.fixture
def world(app: Flask, request: pytest.FixtureRequest) -> FitWorld:
    runtime.start(app.extensions["scoutboard_settings"])
    with transaction() as session:
        return make_fit_world(session, size=44 if "adopted" in request.node.name else 6)


@pytest.fixture
def browser(world: FitWorld, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


def decide_all(world: FitWorld, count: int = 40) -> None:
    """Approve the agencies and decline the bakeries, an hour apart; every tenth decision is the other way round."""
    with transaction() as session:
        for number, prospect in enumerate(world.prospects[:count]):
            verdict = APPROVE if (number % 2 == 0) != (number % 10 == 9) else DECLINE
            made = decide(session, session.merge(prospect), verdict, by_user_id=world.user.id)
            made.at = now() - timedelta(hours=100 - number)


def run(browser: FlaskClient, mails: int = 5) -> str:
    answer = browser.post(URL, data={"weekly_mails": str(mails)})
    assert answer.status_code == 303
    assert "Waiting for the scorer" in browser.get(answer.location).text
    assert run_backtests() == 1
    return unescape(browser.get(answer.location).text)


def test_few_decisions_are_told_with_how_many_are_missing(browser: FlaskClient, world: FitWorld) -> None:
    decide_all(world, 4)
    assert "there are 4, so 29 are missing" in browser.get(URL).text
    assert "At least 29 more decisions are missing" in run(browser)
    assert "Adopt the learned weights" not in browser.get(URL).text


@pytest.mark.slow
def test_a_backtest_is_read_adopted_and_rolled_back(browser: FlaskClient, world: FitWorld) -> None:
    decide_all(world)
    page = run(browser)
    for words in ("Learned from decisions", "Newest first", "Keyword count", "Calibration", "Missed approvals"):
        assert words in page
    assert re.search(r"The first <strong>28</strong> decisions teach.*the later <strong>12</strong> judge", page, re.S)
    missed = re.search(r'<a href="(/p/agencies/prospects/\d+)">shop', page, re.IGNORECASE) or re.search(
        r'href="(/p/agencies/prospects/\d+)"', page
    )
    assert missed is not None
    with reading() as session:
        backtest = session.scalars(select(Backtest)).one()
    assert browser.post(f"{URL}/{backtest.id}/adopt").status_code == 303
    drain_fit()
    with reading() as session:
        scores = session.scalars(select(FitScore)).all()
        actions = session.scalars(select(AuditEvent.action)).all()
    assert len(scores) == 44
    for score in scores:
        assert sum(part["points"] for part in score.parts) == pytest.approx(score.score, abs=1e-6)
        assert "Learned from 40 decisions" in {part["label"][:25] for part in score.parts}
    assert "weights.adopted" in actions
    assert "adopted by" in browser.get(URL).text.lower()
    assert browser.post(f"{URL}/roll-back").status_code == 303
    drain_fit()
    with reading() as session:
        newest = session.scalars(select(FitScore).order_by(FitScore.id.desc()).limit(44)).all()
        assert session.scalars(select(Adoption)).one().withdrawn_at is not None
    assert all("+40" not in score.model_id for score in newest)
    assert "nothing to roll back" in browser.post(f"{URL}/roll-back", follow_redirects=True).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "changed after this backtest"),
        ({"is_worse": True}, "worse than the profile alone"),
        ({"enough": False}, "could not say enough"),
    ],
)
def test_what_may_not_be_adopted_says_why(
    browser: FlaskClient, world: FitWorld, change: dict[str, object], words: str
) -> None:
    with transaction() as session:
        row = Backtest(
            program_id=world.program.id, weekly_mails=5, state=BacktestState.DONE, embedding_model="hashing-test",
            result=RESULT | change, head={"decisions": 40, "approved": 20},
        )  # fmt: skip
        session.add(row)
        session.flush()
    assert words in browser.post(f"{URL}/{row.id}/adopt", follow_redirects=True).text
    with reading() as session:
        assert session.scalars(select(Adoption)).all() == []


@pytest.mark.parametrize("mails", ["0", "lots", "", "999999"])
def test_a_number_of_mails_that_is_none_is_refused_in_words(browser: FlaskClient, mails: str) -> None:
    answer = browser.post(URL, data={"weekly_mails": mails})
    assert answer.status_code == 422
    assert "sb-error" in answer.text


def test_the_command_says_the_same(app: Flask, world: FitWorld) -> None:
    decide_all(world, 4)
    said = app.test_cli_runner().invoke(args=["backtest", "--program", "agencies", "--mails", "5"])
    assert said.exit_code == 0, said.output
    assert "Not enough to say: the later 30 % hold 2 decisions" in said.output
    unknown = app.test_cli_runner().invoke(args=["backtest", "--program", "nowhere"])
    assert "There is no program 'nowhere'" in unknown.output
