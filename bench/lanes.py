"""Measure the programs side by side: queries and server time with few prospects and with many, over four programs.

python -m bench.lanes                               100,000 prospects on SQLite in a temporary folder
python -m bench.lanes --database-url postgresql+psycopg://user@host/an_empty_database
"""

import argparse
import sys
import tempfile
from functools import partial
from itertools import pairwise
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.models import Membership, Program, ProgramType, User
from bench.board import BUDGET_MS, HTMX, Measured, begin, count_rows, open_app, take, tell
from bench.board_data import fill_program

PROGRAMS = 4


def main() -> int:
    """Fill a database, measure with a few prospects, then with many, print; exit 1 where a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prospects", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--database-url", default="", help="an empty database; without it a temporary SQLite file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database_url or f"sqlite+pysqlite:///{folder}/bench.db"
        browser = begin(open_app(url, Path(folder)))
        slugs = _add_programs()
        _fill(slugs, range(1, options.small + 1))
        small = _measure(browser, slugs, options.rounds)
        _fill(slugs, range(options.small + 1, options.prospects + 1))
        large = _measure(browser, slugs, options.rounds)
        db.dispose()
    print(f"{options.prospects:,} prospects in {PROGRAMS} programs, {url.split(':')[0]}; × beside {options.small:,}")
    holds = [tell(one, few) for one, few in zip(large, small, strict=True)]
    return 0 if all(holds) else 1


def _add_programs() -> list[str]:
    with db.transaction() as session:
        user = session.scalars(select(User)).one()
        for number in range(2, PROGRAMS + 1):
            program = Program(slug=f"bench{number}", name=f"Bench {number}", type=ProgramType.AGENCY)
            session.add(program)
            session.flush()
            session.add(Membership(user_id=user.id, program_id=program.id))
        return list(session.scalars(select(Program.slug).order_by(Program.id)))


def _fill(slugs: list[str], numbers: range) -> None:
    share = len(numbers) // PROGRAMS
    bounds = [numbers.start + share * each for each in range(PROGRAMS)] + [numbers.stop]
    with db.transaction() as session:
        user = session.scalars(select(User)).one()
        for slug, (first, end) in zip(slugs, pairwise(bounds), strict=True):
            program = session.scalars(select(Program).where(Program.slug == slug)).one()
            fill_program(session, program, user, range(first, end))
    count_rows()


def _measure(browser: FlaskClient, slugs: list[str], rounds: int) -> list[Measured]:
    all_four = "&".join(f"p={slug}" for slug in slugs)
    lanes = f"/pipelines?{all_four}"
    pages = {
        "lanes": lanes,
        "lanes by fit": f"{lanes}&sort=fit",
        "lanes by next step": f"{lanes}&sort=next",
        "lanes, mine, fit 50 to 90": f"{lanes}&owner=me&min=50&max=90",
        "lanes, text": f"{lanes}&q=company77",
        "lanes, country and kind": f"{lanes}&country=PL&kind=agency",
        "lanes, overdue": f"{lanes}&step=overdue",
        "lanes, all filters": f"/pipelines/filter?{all_four}",
        "lanes, live part": f"/pipelines/live?{all_four}",
    }
    return [
        take(name, rounds, BUDGET_MS, partial(browser.get, path, headers=HTMX if "live" in path else {}))
        for name, path in pages.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
