"""Measure the board: number of SQL queries and server time of its pages and moves, for a program full of prospects.

    python -m bench.board                               100,000 prospects on SQLite in a temporary folder
    python -m bench.board --prospects 10000 --only fit
    python -m bench.board --database-url postgresql+psycopg://user@host/an_empty_database

Server time is taken around the whole request of a signed-in person: session, access, queries, template. Sixty in a
hundred cards stand in one column, the way a real pipeline looks after its first imports.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from statistics import median

from alembic import command
from alembic.config import Config
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app import db
from app.config import Settings
from app.factory import create_app
from app.garbage import spare_what_stays
from app.models import Membership, Program, ProgramType, Prospect, Role, Stage, User
from app.services.sessions import Browser, start_session
from bench.board_data import ACTIVITIES_EACH, add_tags, fill_program

ROOT = Path(__file__).parents[1]
BUDGET_MS = 100.0
MOVE_BUDGET_MS = 30.0
# Below this a page is fast enough whatever it was with few; there the clock's own noise would decide.
GROWTH_FLOOR_MS = 20.0
MOST_GROWTH = 2.0
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Measured:
    """One page: its name, queries a request, server times and the processor's share (median) in milliseconds.

    Where the processor's share is far below the time, the machine was busy with something else.
    """

    name: str
    queries: int
    times_ms: list[float]
    cpu_ms: float
    budget_ms: float
    size_kb: float

    def percentile(self, share: float) -> float:
        """Return the time that at least this share of the requests stayed within (nearest rank)."""
        return sorted(self.times_ms)[ceil(len(self.times_ms) * share) - 1]

    @property
    def holds(self) -> bool:
        """Say whether the 95th percentile is inside the budget."""
        return self.percentile(0.95) <= self.budget_ms


def main() -> int:
    """Fill a database, measure with a few prospects, then with many, print; exit 1 where a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prospects", type=int, default=100_000)
    parser.add_argument(
        "--small", type=int, default=1_000, help="the size whose times the large one's are held against"
    )
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--database-url", default="", help="an empty database; without it a temporary SQLite file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database_url or f"sqlite+pysqlite:///{folder}/bench.db"
        app = open_app(url, Path(folder))
        print(f"{url.split(':')[0]}, {options.rounds} requests each", flush=True)
        browser = begin(app)
        grow(range(1, options.small + 1))
        small = _measure(browser, options.rounds, options.only)
        grow(range(options.small + 1, options.prospects + 1))
        large = _measure(browser, options.rounds, options.only)
        db.dispose()
    activities = options.prospects * ACTIVITIES_EACH
    print(f"{options.prospects:,} prospects, {activities:,} activities; × beside {options.small:,}")
    holds = [tell(one, few) for one, few in zip(large, small, strict=True)]
    return 0 if all(holds) else 1


def tell(result: Measured, few: Measured | None = None) -> bool:
    """Print a page's figures; return whether they hold: budget, as many queries as with few, p95 at most twice it."""
    holds, grown = result.holds, ""
    if few:
        holds = holds and result.queries == few.queries and is_steady(result, few)
        more = [result.percentile(share) / few.percentile(share) for share in (0.5, 0.95)]
        grown = f"× {more[0]:4.2f} (p95 {more[1]:4.2f})   "
    print(
        f"{result.name:27} {result.queries:3} queries   p50 {result.percentile(0.5):6.1f}   "
        f"p95 {result.percentile(0.95):6.1f} of {result.budget_ms:.0f} ms   cpu {result.cpu_ms:5.1f} ms   "
        f"{grown}{result.size_kb:6.1f} kB   {'ok' if holds else 'BROKEN'}"
    )
    return holds


def is_steady(result: Measured, few: Measured) -> bool:
    """Say whether the 95th percentile is at most twice that with few rows, or below GROWTH_FLOOR_MS."""
    return result.percentile(0.95) <= max(GROWTH_FLOOR_MS, MOST_GROWTH * few.percentile(0.95))


def open_app(url: str, folder: Path) -> Flask:
    """Migrate the database and return the app on it; no queue server is there to slow it down."""
    config = Config(str(ROOT / "alembic.ini"))
    with db.configure(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    db.dispose()
    app = create_app(Settings(database_url=url, redis_url="unix:///nonexistent", data_dir=folder))
    app.config.update(WTF_CSRF_ENABLED=False)
    spare_what_stays()
    return app


def begin(app: Flask) -> FlaskClient:
    """Add a program with a director and return the browser they are signed in with."""
    with db.transaction() as session:
        user = User(email="bench@example.com", name="Bench", role=Role.DIRECTOR, password_hash="!")
        program = Program(slug="bench", name="Bench", type=ProgramType.AGENCY)
        session.add_all([user, program])
        session.flush()
        session.add(Membership(user_id=user.id, program_id=program.id))
        add_tags(session, program)
        token = start_session(session, user, browser=Browser(user_agent="bench"))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    return browser


def grow(numbers: range) -> None:
    """Write the prospects of these numbers and say how long it took."""
    start = time.perf_counter()
    with db.transaction() as session:
        program, user = session.scalars(select(Program)).one(), session.scalars(select(User)).one()
        fill_program(session, program, user, numbers)
    count_rows()
    print(f"{len(numbers):,} prospects written in {time.perf_counter() - start:.0f} s", flush=True)


def count_rows() -> None:
    """Let the database see how many rows there are, and of what, as it does by itself a little later."""
    if db.engine().dialect.name == "postgresql":
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    db.refresh_statistics()


def _measure(browser: FlaskClient, rounds: int, only: str) -> list[Measured]:
    board = "/p/bench/board"
    page = browser.get(f"{board}/sourced", headers=HTMX).text
    following = page.split('class="sb-more"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    pages = {
        "board": board,
        "board by fit": f"{board}?sort=fit",
        "board, longest in stage": f"{board}?sort=age",
        "board by next step": f"{board}?sort=next",
        "board, mine, fit 50 to 90": f"{board}?owner=me&min=50&max=90",
        "board, text that many have": f"{board}?q=company7",
        "board, text that few have": f"{board}?q=company77",
        "board, country and kind": f"{board}?country=PL&kind=agency",
        "board, tag": f"{board}?tag=Tag+5",
        "board, source and days": f"{board}?source=file3.csv&days_min=30",
        "board, untouched 30 days": f"{board}?touch=%3E30",
        "board, never touched": f"{board}?touch=never",
        "board, no next step": f"{board}?step=none",
        "board, overdue": f"{board}?step=overdue",
        "split": "/p/bench/split",
        "all filters to choose from": f"{board}/filter",
        "next page of a column": following,
        "live part": f"{board}/live",
        "list of a stage": f"{board}/dormant",
    }
    results = [
        take(name, rounds, BUDGET_MS, partial(browser.get, path, headers=HTMX if "after" in path else {}))
        for name, path in pages.items()
        if only in name
    ]
    return [*results, take("move", rounds, MOVE_BUDGET_MS, _mover(browser))]


def _mover(browser: FlaskClient) -> Callable[[], TestResponse]:
    with db.reading() as session:
        ids = iter(session.scalars(select(Prospect.id).where(Prospect.stage == Stage.SOURCED).limit(600)).all())
    form = {"stage": "qualified", "version": "1"}
    return lambda: browser.post(f"/p/bench/prospects/{next(ids)}/move", data=form, headers=HTMX)


def take(name: str, rounds: int, budget_ms: float, request: Callable[[], TestResponse]) -> Measured:
    """Ask for a page `rounds` times; SystemExit where it does not answer 200."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    request()
    event.listen(db.engine(), "before_cursor_execute", note)
    answer = request()
    event.remove(db.engine(), "before_cursor_execute", note)
    if answer.status_code != 200:
        raise SystemExit(f"{name}: the server answered {answer.status_code}")
    times, shares = [], []
    for _ in range(rounds):
        start, busy = time.perf_counter(), time.thread_time()
        request()
        times.append((time.perf_counter() - start) * 1000)
        shares.append((time.thread_time() - busy) * 1000)
    return Measured(name, len(statements), times, median(shares), budget_ms, len(answer.data) / 1000)


if __name__ == "__main__":
    sys.exit(main())
