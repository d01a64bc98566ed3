"""Backtests as a work list, and which decisions count as labels."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job
from app.models import Backtest, BacktestState, DecisionOutcome
from app.queries.backtest import labeled_prospects
from app.queries.work import doorbells_to_ring
from app.services.backtests import MAX_ATTEMPTS, claim_backtest, load_backtest, request_backtest
from app.services.decisions import Verdict, decide
from app.services.errors import InvalidInput
from app.services.moves import undo_change
from tests.fit_world import EMBEDDER, FitWorld, make_fit_world

APPROVE = Verdict(outcome=DecisionOutcome.APPROVE, reason_codes=("strong_fit",))
DECLINE = Verdict(outcome=DecisionOutcome.DECLINE, reason_codes=("not_a_fit",))


@pytest.fixture
def world(session: Session) -> FitWorld:
    return make_fit_world(session, size=3)


def test_the_same_question_is_asked_once(session: Session, world: FitWorld) -> None:
    first = request_backtest(session, world.program, weekly_mails=5, actor=world.user)
    assert request_backtest(session, world.program, weekly_mails=5, actor=world.user) is first
    assert request_backtest(session, world.program, weekly_mails=6, actor=world.user) is not first
    with pytest.raises(InvalidInput, match="from 1 to"):
        request_backtest(session, world.program, weekly_mails=0, actor=world.user)


def test_a_dead_workers_backtest_is_claimed_again_and_given_up_in_the_end(session: Session, world: FitWorld) -> None:
    row = request_backtest(session, world.program, weekly_mails=5, actor=world.user)
    row.requested_at = now() - timedelta(minutes=5)
    session.flush()
    assert Job.RUN_BACKTESTS in doorbells_to_ring(session)
    for _ in range(MAX_ATTEMPTS):
        assert claim_backtest(session) is row
        assert claim_backtest(session) is None
        row.lease_until = now() - timedelta(seconds=1)
        session.flush()
    assert Job.RUN_BACKTESTS in doorbells_to_ring(session)
    assert claim_backtest(session) is row
    assert row.state is BacktestState.FAILED
    assert "ended the worker" in row.error
    assert session.query(Backtest).one() is row


def test_the_newest_decision_that_stands_is_the_label(session: Session, world: FitWorld) -> None:
    twice, undone, plain = world.prospects
    decide(session, twice, APPROVE, by_user_id=world.user.id)
    decide(session, twice, DECLINE, by_user_id=world.user.id)
    taken_back = decide(session, undone, APPROVE, by_user_id=world.user.id)
    undo_change(session, undone, taken_back.stage_change_id, by_user_id=world.user.id)
    decide(session, plain, APPROVE, by_user_id=world.user.id)
    found = labeled_prospects(session, world.program.id)
    assert [(label.prospect_id, label.approved) for label in found] == [(twice.id, False), (plain.id, True)]
    given = load_backtest(session, world.program.id, EMBEDDER)
    assert [label.approved for label in given.labels] == [False, True]
    assert given.without_text == 0
