"""Measure the screens beside the board: prospect page, Today, reports, review queue, account manager's home.

    python -m bench.screens                             100,000 prospects, 10,000 applications, 2,000 partners on SQLite
    python -m bench.screens --prospects 10000 --rounds 10 --only report
    python -m bench.screens --database-url postgresql+psycopg://user@host/an_empty_database

Server time is taken as in bench.board, and every report is worked out anew: none is kept for the next. Every prospect
has the move that brought it in and the one to where it stands; every partner a running plan of ten actions.
"""

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from app import db
from app.clock import now, today
from app.models import (
    ActionKind,
    ActionState,
    Application,
    ApplicationState,
    MailState,
    MoveEvent,
    OnboardingAction,
    OnboardingPlan,
    OwnerSide,
    PartnerResult,
    Partnership,
    Program,
    ProgramTerms,
    Prospect,
    ReceivedMail,
    ResultSource,
    Stage,
    StageChange,
    Task,
    User,
)
from app.models.day_choices import DaySnooze
from app.models.notification import Notification, NotificationKind, NotificationWay, Thing
from app.models.wave import Wave, WaveEvent, WavePartner, WaveSource, WaveStatus
from app.queries.day_items import DayKind
from app.queries.reports import kept
from bench.board import begin, count_rows, grow, open_app, take, tell

ACTIONS_EACH = 10
_PORTION = 5_000


def main() -> int:
    """Fill a database, measure, print; exit 1 where a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prospects", type=int, default=100_000)
    parser.add_argument("--applications", type=int, default=10_000)
    parser.add_argument("--partners", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", help="screens whose name holds this")
    parser.add_argument("--database-url", default="", help="an empty database; without it a temporary SQLite file")
    options = parser.parse_args()
    kept.KEPT_FROM_S = math.inf
    with tempfile.TemporaryDirectory() as folder:
        url = options.database_url or f"sqlite+pysqlite:///{folder}/bench.db"
        browser = begin(open_app(url, Path(folder)))
        grow(range(1, options.prospects + 1))
        _fill(applications=options.applications, partners=options.partners)
        count_rows()
        results = [
            take(name, options.rounds, budget, partial(browser.get, path))
            for name, (path, budget) in _screens().items()
            if options.only in name
        ]
        db.dispose()
    holds = [tell(result) for result in results]
    return 0 if all(holds) else 1


def _screens() -> dict[str, tuple[str, float]]:
    root = "/p/bench"
    names = ("funnel", "losses", "sequences", "fit", "onboarding", "workload", "migration", "automation")
    narrow = "source=file3.csv&kind=agency&from=2024-01-01&to=2049-12-31"
    reports = {
        f"report {name}, {period}": (f"{root}/reports/{name}?period={period}", 300.0)
        for name in names
        for period in ("90", "all")
    } | {f"report {name}, narrowed": (f"{root}/reports/{name}?{narrow}", 300.0) for name in names}
    return {
        "prospect page": (f"{root}/prospects/777", 80.0),
        "today": ("/today", 100.0),
        "review queue": (f"{root}/applications", 150.0),
        "account manager's home": (f"{root}/onboarding", 150.0),
        "everybody's onboarding": (f"{root}/onboarding?view=everyone", 150.0),
        **reports,
        "report funnel by week": (f"{root}/reports/funnel?group=week&period=365", 300.0),
        "report funnel by kind": (f"{root}/reports/funnel?group=kind&period=all", 300.0),
    }


def _fill(*, applications: int, partners: int) -> None:
    with db.transaction() as session:
        program, user = session.scalars(select(Program)).one(), session.scalars(select(User)).one()
        terms = ProgramTerms(program_id=program.id, version=1, text="We pay each month.")
        session.add(terms)
        session.flush()
        # The fill puts everybody in today; here they came in over the time they stand where they stand.
        session.execute(update(Prospect).values(created_at=Prospect.stage_since_at))
        stages = session.execute(select(Prospect.id, Prospect.stage).order_by(Prospect.id)).all()
        _write(session, StageChange, (move for row in stages for move in _moves(*row)))
        ids = [prospect_id for prospect_id, _ in stages]
        _write(session, Application, (_application(program.id, terms.id, each) for each in ids[:applications]))
        ours = ids[-partners:]
        session.execute(
            update(Prospect).where(Prospect.id.in_(ours)).values(stage=Stage.ONBOARDING, furthest=Stage.ONBOARDING)
        )
        rows = ({"id": n, "program_id": program.id, "prospect_id": each, "account_manager_id": user.id}
                for n, each in enumerate(ours, start=1))  # fmt: skip
        _write(session, Partnership, rows)
        _write(session, OnboardingPlan, (_plan(program.id, number) for number in range(1, partners + 1)))
        actions = (_action(program.id, n, each) for n in range(1, partners + 1) for each in range(ACTIONS_EACH))
        _write(session, OnboardingAction, actions)
        _fill_day(session, program.id, user.id)
        _migrate(session, program.id, ids[-5 * partners :], partners)


def _fill_day(session: Any, program_id: int, user_id: int) -> None:
    """Give one person all the tasks, a thousand mentions and answers, and a thousand things that they put off."""
    session.execute(update(Task).values(assignee_id=user_id))
    some = range(1, 1_001)
    told = {"user_id": user_id, "program_id": program_id, "kind": NotificationKind.MENTION, "thing": Thing.PROSPECT}
    _write(session, Notification, (told | {"prospect_id": n, "way": NotificationWay.APP} for n in some))
    mail = {"source": "bench", "raw": b"", "state": MailState.READ, "kind": "reply", "subject": "Yes"}
    _write(session, ReceivedMail, (mail | {"content_key": f"k{n}", "program_id": program_id, "prospect_id": n}
                                   for n in some))  # fmt: skip
    until = now() + timedelta(days=3)
    _write(session, DaySnooze, ({"user_id": user_id, "kind": DayKind.LINGERING.value, "row_id": n, "until": until}
                                for n in some))  # fmt: skip


def _migrate(session: Any, program_id: int, prospects: list[int], partners: int) -> None:
    """Move partners over in fifty waves: those here have moved and report since, the others are on their way."""
    _write(session, Wave, ({"id": n, "program_id": program_id, "number": n, "starts_on": _day(7 * (50 - n))}
                           for n in range(1, 51)))  # fmt: skip
    first_here = len(prospects) - partners
    rows = ({"id": n, "program_id": program_id, "prospect_id": each, "wave_id": 1 + n % 50, "revenue_cents": n * 1_000,
             "status": WaveStatus.MOVED if n > first_here else list(WaveStatus)[n % 4],
             "status_at": now() - timedelta(days=400)} for n, each in enumerate(prospects, start=1))  # fmt: skip
    _write(session, WavePartner, rows)
    steps = ((WaveStatus.PLANNED, WaveStatus.INVITED), (WaveStatus.INVITED, WaveStatus.ACCEPTED))
    events = (
        {
            "partner_id": n,
            "source": WaveSource.MAIL,
            "from_status": before,
            "to_status": after,
            "at": now() - timedelta(days=n % 400),
        }
        for n in range(1, len(prospects) + 1)
        for before, after in steps
    )
    _write(session, WaveEvent, events)  # fmt: skip
    results = ({"program_id": program_id, "partnership_id": n, "month": _day(30 * month).replace(day=1),
                "amount_cents": 100_000, "currency": "EUR", "leads": 3, "source": ResultSource.CSV}
               for n in range(1, partners + 1) for month in range(0, 24, 2))  # fmt: skip
    _write(session, PartnerResult, results)


def _day(days_ago: int) -> date:
    return today() - timedelta(days=days_ago)


def _write(session: Any, model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    while portion := list(islice(rows, _PORTION)):
        session.execute(insert(model), portion)


def _moves(prospect_id: int, stage: Stage) -> Iterator[dict[str, Any]]:
    came = now() - timedelta(days=prospect_id % 400)
    row = {"prospect_id": prospect_id, "from_stage": None, "to_stage": Stage.SOURCED, "event": MoveEvent.IMPORTED}
    yield row | {"at": came, "before": {}}
    if stage is not Stage.SOURCED:
        since = {"stage_since_at": came.isoformat()}
        left = {"from_stage": Stage.SOURCED, "to_stage": stage, "event": MoveEvent.HAND, "before": since}
        yield row | left | {"at": came + timedelta(days=3)}


def _application(program_id: int, terms_id: int, prospect_id: int) -> dict[str, Any]:
    at = now() - timedelta(hours=prospect_id % 200)
    return {
        "program_id": program_id,
        "prospect_id": prospect_id,
        "state": ApplicationState.SUBMITTED,
        "submit_key": f"key{prospect_id}",
        "name": f"Person {prospect_id}",
        "email": f"person{prospect_id}@example.com",
        "company_name": f"Company {prospect_id}",
        "website": f"https://company{prospect_id}.example/",
        "domain": f"company{prospect_id}.example",
        "terms_id": terms_id,
        "terms_accepted_at": at,
        "submitted_at": at,
        "confirmed_at": at,
        "due_at": at + timedelta(days=4),
        "reason_codes": [],
    }


def _plan(program_id: int, number: int) -> dict[str, Any]:
    begun = now() - timedelta(days=number % 40)
    return {
        "id": number,
        "program_id": program_id,
        "partnership_id": number,
        "template_name": "Agencies",
        "started_at": begun,
        "stuck_days": 7,
        "progressed_at": begun,
        "stuck_at": begun + timedelta(days=7),
    }


def _action(program_id: int, plan: int, position: int) -> dict[str, Any]:
    is_done = position < plan % ACTIONS_EACH
    return {
        "program_id": program_id,
        "plan_id": plan,
        "position": position,
        "kind": ActionKind.TO_DO,
        "title": f"Step {position}",
        "owner": OwnerSide.PARTNER if position % 3 else OwnerSide.ACCOUNT_MANAGER,
        "due_days": 7,
        "needs_approval": False,
        "is_required": True,
        "settings": {},
        "answer": {},
        "state": ActionState.DONE if is_done else ActionState.PENDING,
        "opened_at": now() - timedelta(days=plan % 40),
        "due_at": now() + timedelta(days=position - plan % 40),
    }


if __name__ == "__main__":
    sys.exit(main())
