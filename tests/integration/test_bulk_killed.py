"""The server stops in the middle of a bulk action: another worker goes on with it, and nothing is done twice."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from app import clock
from app.db import reading, transaction
from app.jobs.bulk import run_bulk
from app.models import AuditEvent, Prospect, Stage, StageChange
from app.models.bulk import BulkAction, BulkKind, BulkState
from app.queries.bulk import bulk_left_behind
from app.services.bulk.registry import ACTS
from app.services.bulk.selection import Selection
from app.services.bulk.starting import Order, start_bulk, undo_bulk
from tests.world import make_program, make_prospect, make_user

ROOT = Path(__file__).parents[2]
COUNT = 400
WORKER = """
import sys
from app import db
from app.jobs.bulk import run_bulk
from app.services import keys
db.configure(sys.argv[1])
keys.configure("only-for-a-worker-that-is-killed")
run_bulk(int(sys.argv[2]))
"""

pytestmark = [pytest.mark.services, pytest.mark.slow]


def done(action_id: int, column: str) -> int:
    with reading() as session:
        return int(getattr(session.get_one(BulkAction, action_id), column))


def kill_halfway(url: str, action_id: int, column: str) -> None:
    """Work the action off in a process of its own and end that with SIGKILL once it is through some of it."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, url, str(action_id)], cwd=ROOT, env=environment)
    try:
        while not done(action_id, column):
            assert worker.poll() is None, "the worker ended before it could be killed"
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.wait()


def pass_the_lease(action_id: int) -> None:
    with transaction() as session:
        past = clock.now() - timedelta(seconds=1)
        session.execute(update(BulkAction).where(BulkAction.id == action_id).values(lease_until=past))
    with reading() as session:
        assert bulk_left_behind(session) == [action_id], "the sweeper would ring for it"


def test_a_bulk_action_goes_on_after_its_server_was_killed_and_so_does_its_undo(
    database: Engine, database_url: str
) -> None:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        ids = tuple(make_prospect(session, program).id for _ in range(COUNT))
        params = ACTS[BulkKind.MOVE].read(session, program, {"stage": "qualified"})
        order = Order(kind=BulkKind.MOVE, params=params, selection=Selection(ids), token="k" * 20)
        action_id = start_bulk(session, program, order, actor=user).id

    kill_halfway(database_url, action_id, "done_count")
    assert 0 < done(action_id, "done_count") < COUNT
    assert run_bulk(action_id) is None, "the dead worker's lease holds for a while"
    pass_the_lease(action_id)
    while (state := run_bulk(action_id)) == BulkState.RUNNING:
        pass
    assert state == BulkState.DONE
    with reading() as session:
        assert session.scalars(select(func.count()).where(Prospect.stage == Stage.QUALIFIED)).one() == COUNT
        assert session.scalars(select(func.count()).select_from(StageChange)).one() == COUNT
        moved = select(func.count()).where(AuditEvent.action == "prospect.moved")
        assert session.scalars(moved).one() == COUNT

    with transaction() as session:
        undo_bulk(session, session.get_one(BulkAction, action_id), actor=session.merge(user))
    kill_halfway(database_url, action_id, "undone_count")
    assert 0 < done(action_id, "undone_count") < COUNT
    pass_the_lease(action_id)
    while (state := run_bulk(action_id)) == BulkState.UNDOING:
        pass
    assert state == BulkState.UNDONE
    with reading() as session:
        assert session.scalars(select(func.count()).where(Prospect.stage == Stage.SOURCED)).one() == COUNT
        assert session.scalars(select(func.count()).select_from(StageChange)).one() == 2 * COUNT
