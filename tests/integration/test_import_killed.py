"""A worker process that is killed in the middle of an import: another one goes on, and nothing is doubled."""

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
from app.jobs.imports import run_import
from app.models import Activity, BatchState, Company, Contact, Crawl, ImportBatch, Prospect, StageChange
from app.queries.work import imports_left_behind
from app.services.imports.batches import Upload, add_batch, batch_for, start_batch
from app.services.imports.reading import read_table
from tests.world import make_program, make_user

ROOT = Path(__file__).parents[2]
ROWS = 1_700  # four chunks of the check, five of the import
WORKER = """
import sys
from app import db
from app.jobs.imports import run_import
from app.services import keys
db.configure(sys.argv[1])
keys.configure("only-for-a-worker-that-is-killed")
run_import(1)
"""

pytestmark = [pytest.mark.services, pytest.mark.slow]


def done_count() -> int:
    with reading() as session:
        return session.scalars(select(ImportBatch.done_count)).one()


def kill_halfway(url: str, *, behind: int) -> None:
    """Run the job in a process of its own and end it with SIGKILL once it is through more than `behind` rows."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, url], cwd=ROOT, env=environment)
    try:
        while done_count() <= behind:
            assert worker.poll() is None, "the worker ended before it could be killed"
            time.sleep(0.05)  # a chunk takes several times as long
    finally:
        worker.kill()
        worker.wait()


def pass_the_lease() -> None:
    with transaction() as session:
        session.execute(update(ImportBatch).values(lease_until=clock.now() - timedelta(seconds=1)))


def test_killed_worker_loses_and_doubles_nothing(database: Engine, database_url: str) -> None:
    lines = "".join(f"s{n}.com,Jo {n},jo@s{n}.com,note {n}\n" for n in range(ROWS))
    content = f"domain,contact,email,note\n{lines}".encode()
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        table = read_table(content)
        upload = Upload(program_id=program.id, filename="a.csv", content=content, table=table, uploaded_by_id=user.id)
        batch_id = add_batch(session, upload, in_background=False).id

    kill_halfway(database_url, behind=0)
    assert 0 < done_count() < ROWS
    assert run_import(batch_id) is None, "the dead worker's lease holds for a while"
    pass_the_lease()
    with reading() as session:
        assert imports_left_behind(session) == [batch_id], "the sweeper would ring for it"
    assert run_import(batch_id) == BatchState.CHECKED

    with transaction() as session:
        batch = batch_for(session, program.id, batch_id, for_change=True)
        start_batch(session, batch, by_user_id=None, in_background=False)
    kill_halfway(database_url, behind=0)
    assert 0 < done_count() < ROWS
    pass_the_lease()
    assert run_import(batch_id) == BatchState.DONE

    with reading() as session:
        for table_of in (Company, Prospect, StageChange, Contact, Activity, Crawl):
            assert session.scalars(select(func.count()).select_from(table_of)).one() == ROWS
