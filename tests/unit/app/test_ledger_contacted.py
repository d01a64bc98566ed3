"""Prospects that were written to are moved on once a batch, and by the planner where a worker died before it could."""

import pytest
from sqlalchemy import Engine, select

from app.db import reading, transaction
from app.models import MoveEvent, Prospect, Stage, StageChange
from app.services.audit import broken_audit_events, record_audit
from app.services.ledger.contacted import note_contacted
from app.services.moves import undo_change
from tests.ledger_world import Ledger, make_ledger


@pytest.fixture
def ledger(database: Engine) -> Ledger:
    with transaction() as session:
        made = make_ledger(session)
        made.enroll(session, 3)
        return made


def stages() -> list[Stage]:
    with reading() as session:
        return list(session.scalars(select(Prospect.stage).order_by(Prospect.id)))


def test_a_worker_that_died_before_it_moved_the_prospect_leaves_that_to_the_planner(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = ledger.worker()
    monkeypatch.setattr(worker, "_note_contacted", lambda: None)
    ledger.plan()
    assert worker.drain(0) == 3
    assert Stage.CONTACTED not in stages()

    ledger.plan()

    assert stages() == [Stage.CONTACTED] * 3


def test_the_move_is_recorded_audited_in_its_chain_and_can_be_undone(ledger: Ledger) -> None:
    with transaction() as session:
        before = {row.id: (row.stage, row.rank) for row in session.scalars(select(Prospect))}
        record_audit(session, "program.edited", subject="program:1")
        assert note_contacted(session, before) == set()
        assert note_contacted(session, before) == set()
        record_audit(session, "program.edited", subject="program:1")
    with transaction() as session:
        moved = session.scalars(select(Prospect).order_by(Prospect.rank)).all()
        changes = session.scalars(select(StageChange).where(StageChange.event == MoveEvent.MAIL_SENT)).all()
        assert (len({row.rank for row in moved}), {row.version for row in moved}) == (3, {2})
        assert not list(broken_audit_events(session))
        for change in changes:
            undo_change(session, session.get_one(Prospect, change.prospect_id), change.id, by_user_id=None)
    with reading() as session:
        assert {row.id: (row.stage, row.rank) for row in session.scalars(select(Prospect))} == before


def test_a_prospect_that_stands_further_on_stays_there(ledger: Ledger) -> None:
    with transaction() as session:
        first, *_ = session.scalars(select(Prospect).order_by(Prospect.id))
        first.stage = Stage.ENGAGED
        session.flush()
        assert note_contacted(session, [first.id]) == set()
    assert stages()[0] is Stage.ENGAGED
