"""A program full of prospects for the benchmark of the board, written in bulk: a real pipeline in its proportions.

Sixty in a hundred cards stand in one column; each prospect has three activities over two years, every tenth an open
task, every third a tag, and every company a country, a language and a kind of site.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Activity,
    ActivityKind,
    Company,
    Crawl,
    CrawlState,
    FitState,
    Program,
    Prospect,
    Signal,
    Stage,
    Task,
    User,
)
from app.models.tag import ProspectTag, Tag
from app.services.furthest import further
from app.services.ranks import rank_between

SPREAD = (60, 10, 8, 6, 4, 3, 2, 2, 2, 1, 1, 1)
ACTIVITIES_EACH = 3
_PORTION = 5_000
_COUNTRIES = ("DE", "DE", "DE", "PL", "GB", "US", "FR", None)
_KINDS = ("agency", "agency", "content", "shop", "creator")
_TAGS = 24


def add_tags(session: Session, program: Program) -> None:
    """Write the tags that every third prospect has one of."""
    session.add_all(
        Tag(program_id=program.id, name=f"Tag {number}", key=f"tag {number}") for number in range(1, _TAGS + 1)
    )
    session.flush()


def fill_program(session: Session, program: Program, user: User, numbers: range) -> None:
    """Write the prospects of these numbers, which become their ids, with all that hangs on them, in portions."""
    _write(session, Company, (_company(number) for number in numbers))
    _write(session, Crawl, ({"company_id": number, "state": CrawlState.DONE} for number in numbers))
    _write(session, Signal, (_signal(number) for number in numbers))
    _write(session, Prospect, _prospects(program.id, user.id, numbers))
    _write(session, Activity, (_activity(number, each) for number in numbers for each in range(ACTIVITIES_EACH)))
    _write(session, Task, (_task(program.id, number) for number in numbers if number % 10 == 0))
    _write(session, ProspectTag, (_tag(number) for number in numbers if number % 3 == 0))


def _write(session: Session, model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    while portion := list(islice(rows, _PORTION)):
        session.execute(insert(model.__table__), portion)


def _company(number: int) -> dict[str, Any]:
    domain = f"company{number}.example"
    return {
        "domain": domain,
        "name": f"Company {number}",
        "website": f"https://{domain}/",
        "country": _COUNTRIES[number % len(_COUNTRIES)],
        "language": "de" if number % 3 else "en",
        "crawl_state": CrawlState.DONE,
    }


def _signal(number: int) -> dict[str, Any]:
    return {
        "company_id": number, "crawl_id": number, "name": "kind_of_site", "value": _KINDS[number % len(_KINDS)]
    }  # fmt: skip


def _prospects(program_id: int, user_id: int, numbers: range) -> Iterator[dict[str, Any]]:
    columns = [stage for stage, weight in zip(Stage, SPREAD, strict=True) for _ in range(weight)]
    rank = f"V{numbers.start:06d}1"
    for number in numbers:
        rank = rank_between(rank, None)
        score = float(number * 37 % 1000) / 10
        stage = columns[number * 7919 % len(columns)]
        yield {
            "program_id": program_id,
            "company_id": number,
            "stage": stage,
            "furthest": further(stage, Stage.SOURCED),
            "stage_since_at": now() - timedelta(days=number * 13 % 90),
            "rank": rank,
            "owner_id": user_id if number % 3 else None,
            "source": f"file{number % 7}.csv",
            "fit_state": FitState.SCORED,
            "fit_score": score,
            "fit_sort": score,
        }


def _activity(number: int, each: int) -> dict[str, Any]:
    days = (number * 31 + each * 241) % 730
    return {
        "prospect_id": number, "kind": ActivityKind.NOTE, "body": "Called them.", "at": now() - timedelta(days=days)
    }  # fmt: skip


def _task(program_id: int, number: int) -> dict[str, Any]:
    due_at = now() + timedelta(days=number * 7 % 60 - 20)
    return {"program_id": program_id, "prospect_id": number, "title": f"Call number {number}", "due_at": due_at}


def _tag(number: int) -> dict[str, Any]:
    return {"tag_id": number % _TAGS + 1, "prospect_id": number}
