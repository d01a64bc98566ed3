"""Measure the board: number of SQL queries and server time of its pages and moves, for a program full of prospects.

    python -m bench.board                               10,000 prospects on SQLite in a temporary folder
    python -m bench.board --prospects 100000
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
from pathlib import Path
from statistics import median

from alembic import command
from alembic.config import Config
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from werkzeug.test import TestResponse

from app import db
from app.clock import now
from app.config import Settings
from app.factory import create_app
from app.models import Company, FitState, Membership, Program, ProgramType, Prospect, Role, Stage, User
from app.services.ranks import rank_between
from app.services.sessions import Browser, start_session

ROOT = Path(__file__).parents[1]
BUDGET_MS = 100.0
MOVE_BUDGET_MS = 30.0
SPREAD = (60, 10, 8, 6, 4, 3, 2, 2, 2, 1, 1, 1)
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
        """Return the time that a share of the requests stay below."""
        ordered = sorted(self.times_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def holds(self) -> bool:
        """Say whether the 95th percentile is inside the budget."""
        return self.percentile(0.95) <= self.budget_ms


def main() -> int:
    """Fill a database, measure, print; exit 1 where a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prospects", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--database-url", default="", help="an empty database; without it a temporary SQLite file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database_url or f"sqlite+pysqlite:///{folder}/bench.db"
        app = _app(url, Path(folder))
        print(f"{options.prospects:,} prospects on {url.split(':')[0]}, {options.rounds} requests each")
        browser = _fill(app, options.prospects)
        results = _measure(browser, options.rounds)
        db.dispose()
    for result in results:
        print(
            f"{result.name:28} {result.queries:3} queries   p50 {result.percentile(0.5):6.1f} ms   "
            f"p95 {result.percentile(0.95):6.1f} ms   cpu {result.cpu_ms:5.1f} ms   budget {result.budget_ms:.0f} ms   "
            f"{result.size_kb:6.1f} kB   {'ok' if result.holds else 'TOO SLOW'}"
        )
    return 0 if all(result.holds for result in results) else 1


def _app(url: str, folder: Path) -> Flask:
    config = Config(str(ROOT / "alembic.ini"))
    with db.configure(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    db.dispose()
    app = create_app(Settings(database_url=url, redis_url="unix:///nonexistent", data_dir=folder))
    app.config.update(WTF_CSRF_ENABLED=False)
    return app


def _fill(app: Flask, count: int) -> FlaskClient:
    with db.transaction() as session:
        user = User(email="bench@example.com", name="Bench", role=Role.DIRECTOR, password_hash="!")
        program = Program(slug="bench", name="Bench", type=ProgramType.AGENCY)
        session.add_all([user, program])
        session.flush()
        session.add(Membership(user_id=user.id, program_id=program.id))
        columns = [stage for stage, weight in zip(Stage, SPREAD, strict=True) for _ in range(weight)]
        rank, companies, prospects = None, [], []
        for number in range(1, count + 1):
            rank = rank_between(rank, None)
            domain = f"company{number}.example"
            companies.append({"domain": domain, "name": f"Company {number}", "website": f"https://{domain}/"})
            score = float(number * 37 % 1000) / 10
            prospects.append(
                {
                    "program_id": program.id, "company_id": number, "stage": columns[number * 7919 % len(columns)],
                    "stage_since_at": now(), "rank": rank, "owner_id": user.id if number % 3 else None,
                    "fit_state": FitState.SCORED, "fit_score": score, "fit_sort": score,
                }
            )  # fmt: skip
        session.execute(insert(Company), companies)
        session.execute(insert(Prospect), prospects)
        token = start_session(session, user, browser=Browser(user_agent="bench"))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    return browser


def _measure(browser: FlaskClient, rounds: int) -> list[Measured]:
    board = "/p/bench/board"
    page = browser.get(f"{board}/sourced", headers=HTMX).text
    following = page.split('class="sb-more"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    pages = {
        "board": board,
        "board by fit": f"{board}?sort=fit",
        "board, mine, fit 50 to 90": f"{board}?owner=me&min=50&max=90",
        "board, text": f"{board}?q=company77",
        "next page of a column": following,
        "live part": f"{board}/live",
        "list of a stage": f"{board}/dormant",
    }
    results = [
        _take(name, rounds, BUDGET_MS, partial(browser.get, path, headers=HTMX if "after" in path else {}))
        for name, path in pages.items()
    ]
    return [*results, _take("move", rounds, MOVE_BUDGET_MS, _mover(browser))]


def _mover(browser: FlaskClient) -> Callable[[], TestResponse]:
    with db.reading() as session:
        ids = iter(session.scalars(select(Prospect.id).where(Prospect.stage == Stage.SOURCED).limit(1000)).all())
    form = {"stage": "qualified", "version": "1"}
    return lambda: browser.post(f"/p/bench/prospects/{next(ids)}/move", data=form, headers=HTMX)


def _take(name: str, rounds: int, budget_ms: float, request: Callable[[], TestResponse]) -> Measured:
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
