"""Measure the import: seconds to check, to write and to undo a file, memory, and the page's look-ups afterwards.

    python -m bench.imports                      100,000 rows on SQLite in a temporary folder
    python -m bench.imports --rows 10000
    python -m bench.imports --database-url postgresql+psycopg://user@host/an_empty_database

Every row is a new company with a contact, a note and an extra column: the dearest case. CPU seconds stand beside wall
seconds, since the wall clock counts the neighbors too.
"""

import argparse
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config

from app import db
from app.db import reading, transaction
from app.log import configure_logging
from app.models import BatchState, ImportBatch, Program, ProgramType
from app.queries.imports import batch_view, row_page
from app.queries.progress import batch_progress
from app.services import keys
from app.services.imports.batches import Upload, add_batch, batch_for, start_batch
from app.services.imports.reading import read_table
from app.services.imports.running import run_batch
from app.services.imports.undoing import start_undo

Result = TypeVar("Result")
ROOT = Path(__file__).parents[1]
BUDGET_S_PER_100K = 60.0


def main(arguments: list[str]) -> int:
    """Print the figures; returns 1 where a step takes more CPU time than its budget."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description="Measure the import.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database-url", default="")
    options = parser.parse_args(arguments)
    # No queue server here: the rings it misses are not what is measured.
    configure_logging(as_json=False)
    keys.configure("bench-only-secret-key-of-no-worth-at-all")
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        _migrate(options.database_url or f"sqlite+pysqlite:///{folder}/bench.db")
        within = _measure(options.rows)
        db.dispose()
    return 0 if within else 1


def _measure(rows: int) -> bool:
    content = _file(rows)
    print(f"{rows:,} rows, {len(content) / 1e6:.1f} MB")
    program_id, batch_id = _timed("upload (in the request)", lambda: _upload(content))[1]
    check_s, checked = _timed("check", lambda: run_batch(transaction, batch_id))
    with transaction() as session:
        batch = batch_for(session, program_id, batch_id, for_change=True)
        start_batch(session, batch, by_user_id=None, in_background=False)
    write_s, written = _timed("import", lambda: run_batch(transaction, batch_id))
    if (checked, written) != (BatchState.CHECKED, BatchState.DONE):
        raise SystemExit(f"the import ended as {checked}, {written}")
    with reading() as session:
        batch = session.get_one(ImportBatch, batch_id)
        _timed("page: counts", lambda: batch_view(session, batch))
        _timed("page: progress", lambda: batch_progress(session, batch_id))
        _timed("page: last rows", lambda: row_page(session, batch_id, verdict="new", number=rows))
    with transaction() as session:
        start_undo(
            session, batch_for(session, program_id, batch_id, for_change=True), by_user_id=None, in_background=False
        )
    undo_s, undone = _timed("undo", lambda: run_batch(transaction, batch_id))
    if undone is not BatchState.UNDONE:
        raise SystemExit(f"the undo ended as {undone}")
    print(f"resident at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    budget_s = BUDGET_S_PER_100K * max(rows, 1_000) / 100_000
    return max(check_s, write_s, undo_s) <= budget_s


def _timed(name: str, act: Callable[[], Result]) -> tuple[float, Result]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = act()
    cpu_s = time.process_time() - cpu
    print(f"{name:24} {time.perf_counter() - wall:8.2f} s wall {cpu_s:8.2f} s CPU")
    return cpu_s, result


def _file(rows: int) -> bytes:
    lines = (
        f'https://www.shop{n}.com/de,Shop {n},Jo {n},info@shop{n}.com,PL,"a note, {n}",gold\n' for n in range(rows)
    )
    return ("domain,name,contact,email,country,note,tier\n" + "".join(lines)).encode()


def _upload(content: bytes) -> tuple[int, int]:
    table = read_table(content)
    with transaction() as session:
        program = Program(slug="bench", name="Bench", type=ProgramType.AGENCY)
        session.add(program)
        session.flush()
        upload = Upload(program_id=program.id, filename="bench.csv", content=content, table=table, uploaded_by_id=None)
        return program.id, add_batch(session, upload, in_background=False).id


def _migrate(url: str) -> None:
    config = Config(str(ROOT / "alembic.ini"))
    with db.configure(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
