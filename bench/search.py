"""Measure the search and the list behind ⌘K with many companies, contacts, notes and pages.

    python -m bench.search                               20,000 companies on SQLite in a temporary folder
    python -m bench.search --companies 100000
    python -m bench.search --database-url postgresql+psycopg://user@host/an_empty_database

Each company has a prospect, a contact, a note and a page of some 80 words. Server time is taken around the whole
request of a signed-in person who works in one of two programs.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from app import db
from app.clock import now
from app.models import (
    Activity,
    ActivityKind,
    Company,
    Contact,
    ContactField,
    ContactValue,
    Crawl,
    FitState,
    Membership,
    Page,
    Program,
    ProgramType,
    Prospect,
    Provenance,
    Role,
    Stage,
    User,
)
from app.services.sessions import Browser, start_session
from bench.board import Measured, open_app, take

BUDGET_MS = 100.0
_AT_ONCE = 10_000
_HEADS = (
    "north south blue green silver iron cloud stone river fox hawk maple cedar amber royal urban nova lumen".split()
)
_TAILS = "wind bridge works craft media digital shop commerce labs forge field harbor gate light point tree".split()
_KINDS = "Studio Agency Traders Partners Group Solutions Systems Consulting Collective Ventures".split()
_FIRST = "Anna Piotr Lena Jonas Maria Theo Ines Oskar Nina Emil Clara Hugo".split()
_LAST = "Kowalska Weber Novak Rossi Lindqvist Duarte Brandt Moreau Silva Holm Peeters Costa".split()
# As in any language: a few words are on most pages, most words on few.
_WORDS = [f"{head}{tail}ing" for head in _HEADS for tail in _TAILS]
_COMMON = "we build online shops for partners and help their teams grow with care".split()


def main() -> int:
    """Fill a database, measure, print; exit 1 where a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--database-url", default="", help="an empty database; without it a temporary SQLite file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database_url or f"sqlite+pysqlite:///{folder}/bench.db"
        app = open_app(url, Path(folder))
        print(f"{options.companies:,} companies on {url.split(':')[0]}, {options.rounds} requests each", flush=True)
        browser = _fill(app, options.companies)
        results = list(_measure(browser, options.rounds))
        db.dispose()
    for result in results:
        print(
            f"{result.name:34} {result.queries:3} queries   p50 {result.percentile(0.5):6.1f} ms   "
            f"p95 {result.percentile(0.95):6.1f} ms   cpu {result.cpu_ms:5.1f} ms   "
            f"{'ok' if result.holds else 'TOO SLOW'}"
        )
    return 0 if all(result.holds for result in results) else 1


def _fill(app: Flask, count: int) -> FlaskClient:
    chance = random.Random(7)
    with db.transaction() as session:
        user = User(email="bench@example.com", name="Bench", role=Role.DIRECTOR, password_hash="!")
        own, other = (Program(slug=slug, name=slug, type=ProgramType.AGENCY) for slug in ("bench", "other"))
        session.add_all([user, own, other])
        session.flush()
        session.add(Membership(user_id=user.id, program_id=own.id))
        session.flush()
        token = start_session(session, user, browser=Browser(user_agent="bench"))
        user_id, programs = user.id, (own.id, own.id, own.id, other.id)
    for first in range(1, count + 1, _AT_ONCE):
        numbers = range(first, min(count + 1, first + _AT_ONCE))
        with db.transaction() as session:
            for kind, rows in _rows(numbers, chance, user_id=user_id, programs=programs).items():
                session.connection().execute(insert(kind), rows)
    with db.engine().execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    return browser


def _rows(
    numbers: range, chance: random.Random, *, user_id: int, programs: tuple[int, ...]
) -> dict[type[db.Base], list[dict[str, Any]]]:
    """Return the rows of some companies by table; every number is the id of one row of each."""
    rows: dict[type[db.Base], list[dict[str, Any]]] = {
        kind: [] for kind in (Company, Prospect, Contact, ContactValue, Activity, Crawl, Page)
    }
    for number in numbers:
        head, tail = chance.choice(_HEADS), chance.choice(_TAILS)
        domain, name = f"{head}{tail}{number}.example", f"{head}{tail} {chance.choice(_KINDS)} {number}".title()
        person = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        rows[Company].append({"id": number, "domain": domain, "name": name, "website": f"https://{domain}/"})
        rows[Prospect].append(
            {
                "id": number, "program_id": programs[number % len(programs)], "company_id": number,
                "stage": Stage.SOURCED, "stage_since_at": now(), "rank": f"m{number:07d}", "owner_id": user_id,
                "fit_state": FitState.SCORED, "fit_score": float(number % 100), "fit_sort": float(number % 100),
            }
        )  # fmt: skip
        rows[Contact].append({"id": number, "company_id": number, "key": f"mail{number}@{domain}"})
        for field, value in ((ContactField.NAME, person), (ContactField.EMAIL, f"mail{number}@{domain}")):
            rows[ContactValue].append(
                {"contact_id": number, "field": field, "value": value, "provenance": Provenance.PAGE}
            )
        rows[Activity].append(
            {"prospect_id": number, "kind": ActivityKind.NOTE, "body": _text(chance, 15), "author_id": user_id}
        )
        rows[Crawl].append({"id": number, "company_id": number, "state": "done"})
        rows[Page].append(
            {
                "company_id": number, "crawl_id": number, "url": f"https://{domain}/", "title": name,
                "text": _text(chance, 80), "content_hash": f"{number}",
            }
        )  # fmt: skip
    return rows


def _text(chance: random.Random, count: int) -> str:
    words = (chance.choice(_COMMON if chance.random() < 0.6 else _WORDS) for _ in range(count))
    return " ".join(words)


def _measure(browser: FlaskClient, rounds: int) -> Iterator[Measured]:
    asked = {
        "one company by name and number": "silverbridge 777",
        "the beginning of a name": "silv",
        "a word in one name of ten": "studio",
        "two letters": "no",
        "a name with a wrong letter": "silverbrigde",
        "a name with a missing letter": "nothwind trders",
        "a person": "kowalska anna",
        "an e-mail": "mail777@",
        "a rare word of notes and pages": "hawkforgeing",
        "two rare words": "foxlighting riverpointing",
        "a word on every page": "shops",
        "nothing of all this": "zzqqxx vvkkjj",
    }
    for name, typed in asked.items():
        path = f"/search/palette?p=bench&q={typed.replace(' ', '+')}"
        yield take(f"⌘K, {name}", rounds, BUDGET_MS, partial(browser.get, path))
    for name, typed in (("page, a word on every page", "shops"), ("page, a beginning", "silv")):
        yield take(name, rounds, BUDGET_MS, partial(browser.get, f"/search?q={typed}"))


if __name__ == "__main__":
    sys.exit(main())
