"""Late and due today go by the clock of whoever looks: on Today, in the list, on cards and in filters."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.clock import choose_zone
from app.models import Program, Prospect, Task, User
from app.queries.board import cards_by_id
from app.queries.card_flags import CardFlag
from app.queries.day_items import DayKind
from app.queries.prospect_filter import conditions, read_filter
from app.queries.tasks import group_by_due, open_tasks, task_counts
from app.queries.today import my_day
from app.services.task_times import due_moment
from app.web.filters import due
from tests.world import make_program, make_prospect, make_user

# A Tuesday, noon in UTC: already Wednesday in Auckland, still the small hours of Tuesday in Honolulu.
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def there() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield
    choose_zone(UTC)


def make_task(session: Session, at: time | None, day: date = TUESDAY, zone: str = "UTC") -> tuple[User, Program, int]:
    user = make_user(session)
    program = make_program(session, user)
    prospect = make_prospect(session, program)
    session.add(Task(program_id=program.id, prospect_id=prospect.id, title="Call", assignee_id=user.id,
                     due_at=due_moment(day, at, ZoneInfo(zone)), is_timed=at is not None))  # fmt: skip
    session.flush()
    return user, program, prospect.id


@pytest.mark.parametrize(
    ("zone", "at", "shown"),
    [
        ("UTC", None, "due"),
        ("Pacific/Auckland", None, "overdue"),  # there the day that was written is over
        ("Pacific/Honolulu", None, "due"),
        ("UTC", time(12, 1), "due"),
        ("UTC", time(11, 59), "overdue"),  # from its minute on, wherever one looks
        ("Pacific/Auckland", time(11, 59), "overdue"),
        ("Pacific/Honolulu", time(11, 59), "overdue"),
        ("Pacific/Auckland", time(12, 1), "due"),
    ],
)
def test_everywhere_a_task_is_late_by_the_readers_clock(
    session: Session, zone: str, at: time | None, shown: str
) -> None:
    user, program, prospect_id = make_task(session, at)
    user.time_zone = zone
    choose_zone(user.zone)
    is_late = shown == "overdue"
    assert [group.kind for group in my_day(session, user, [program.id])] == [DayKind(shown)]
    (row,) = open_tasks(session, program.id).tasks
    assert row.is_overdue is is_late
    (group,) = group_by_due([row], user.zone)
    assert (group.title, group.is_late) == (("Overdue", True) if is_late else ("Due today", False))
    assert task_counts(session, program.id, user_id=user.id).overdue == is_late
    card = cards_by_id(session, program.id, [prospect_id])[prospect_id]
    assert (card.is_late, CardFlag.OVERDUE in card.flags) == (is_late, is_late)
    for query, is_found in (("overdue", is_late), ("today", not is_late)):
        chosen, _ = read_filter(MultiDict([("step", query)]), user_id=user.id)
        found = session.scalars(select(Prospect.id).where(*conditions(chosen))).all()
        assert found == ([prospect_id] if is_found else []), query
    chosen, _ = read_filter(MultiDict([("flag", "overdue")]), user_id=user.id)
    assert bool(session.scalars(select(Prospect.id).where(*conditions(chosen))).all()) is is_late


@pytest.mark.parametrize(("zone", "words"), [("UTC", "tomorrow"), ("Pacific/Auckland", "today")])
def test_a_card_counts_its_days_from_where_the_reader_is(session: Session, zone: str, words: str) -> None:
    _, program, prospect_id = make_task(session, None, date(2026, 11, 25))
    choose_zone(ZoneInfo(zone))
    card = cards_by_id(session, program.id, [prospect_id])[prospect_id]
    assert card.next_on is not None
    assert due(card.next_on) == words
