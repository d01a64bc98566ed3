"""Tasks that change: words, day and time of day, whose they are, what they are about; and when one is told of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Membership, Notice, Program, Prospect, Task, TaskKind, TaskState, User
from app.models.notification import Notification, NotificationKind
from app.queries.day_items import DayKind
from app.queries.tasks import group_by_due, open_tasks
from app.queries.today import my_day
from app.services.day_choices import calendar_by_token, choose_mail, make_calendar, post_morning_mails
from app.services.day_rows import day_row, snooze, take_back
from app.services.errors import Conflict, InvalidInput
from app.services.notifying.due_tasks import tell_due_tasks
from app.services.task_changes import TaskValues, drop_task, edit_task, prospect_named, values_of
from app.services.task_times import due_moment
from app.services.tasks import NewTask, add_task_by_hand, reopen_task
from tests.world import make_program, make_prospect, make_user

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")
AT_THREE = time(15)


@dataclass(frozen=True)
class World:
    session: Session
    mara: User
    theo: User
    program: Program
    prospect: Prospect

    def task(self, title: str = "Call Nora", **values: object) -> Task:
        fields = {"program_id": self.program.id, "title": title, "assignee_id": self.mara.id} | values
        return add_task_by_hand(self.session, NewTask(**fields), actor=self.mara)  # type: ignore[arg-type]

    def edit(self, task: Task, **values: object) -> TaskValues:
        typed = replace(values_of(task), **values)  # type: ignore[arg-type]
        return edit_task(self.session, task, typed, seen=str(task.version), actor=self.mara)

    def told(self, user: User, kind: NotificationKind) -> int:
        mine = (Notification.user_id == user.id, Notification.kind == kind)
        return self.session.scalar(select(func.count()).select_from(Notification).where(*mine)) or 0


@pytest.fixture
def world(session: Session) -> Iterator[World]:
    with time_machine.travel(MONDAY, tick=False):
        mara = make_user(session, name="Mara Lindqvist", time_zone="Europe/Warsaw")
        theo = make_user(session, name="Theo Brandt")
        program = make_program(session, mara, theo)
        yield World(session, mara, theo, program, make_prospect(session, program, "kiln.example"))


def test_all_of_a_task_changes_at_once_and_goes_back_at_once(world: World) -> None:
    task = world.task()
    due_at = due_moment(date(2026, 12, 1), AT_THREE, WARSAW)
    before = world.edit(
        task, title="  Write   to Nora ", due_at=due_at, is_timed=True, assignee_id=world.theo.id,
        prospect_id=world.prospect.id,
    )  # fmt: skip
    assert (task.title, task.is_timed, task.prospect_id) == ("Write to Nora", True, world.prospect.id)
    assert task.due_at == datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert world.told(world.theo, NotificationKind.ASSIGNED) == 1
    edit_task(world.session, task, before, seen=str(task.version), actor=world.mara)
    assert values_of(task) == before


def test_a_change_over_a_version_that_is_gone_is_a_conflict(world: World) -> None:
    task = world.task()
    seen = str(task.version)
    world.edit(task, title="Theirs")
    with pytest.raises(Conflict, match="meanwhile"):
        edit_task(world.session, task, values_of(task), seen=seen, actor=world.theo)
    drop_task(world.session, task, actor=world.theo)
    with pytest.raises(Conflict, match="closed"):
        world.edit(task, title="Mine")
    assert (task.title, task.state) == ("Theirs", TaskState.DROPPED)
    reopen_task(world.session, task, actor=world.theo)
    assert task.state is TaskState.OPEN


def test_words_people_and_prospects_that_will_not_do_are_named(world: World, session: Session) -> None:
    task = world.task()
    elsewhere = make_prospect(session, make_program(session))
    for field, values in (
        ("title", {"title": " "}),
        ("title", {"title": "x" * 301}),
        ("assignee_id", {"assignee_id": make_user(session).id}),
        ("domain", {"prospect_id": elsewhere.id}),
    ):
        with pytest.raises(InvalidInput) as refused:
            world.edit(task, **values)
        assert set(refused.value.fields) == {field}
    assert prospect_named(session, world.program.id, "https://www.kiln.example/x") == world.prospect.id
    assert prospect_named(session, world.program.id, " ") is None
    for domain in ("elsewhere.example", "no domain"):
        with pytest.raises(InvalidInput):
            prospect_named(session, world.program.id, domain)


def test_who_left_keeps_a_task_until_it_is_given_away(world: World, session: Session) -> None:
    task = world.task(assignee_id=world.theo.id)
    member = (Membership.user_id == world.theo.id, Membership.program_id == world.program.id)
    session.delete(session.scalars(select(Membership).where(*member)).one())
    session.flush()
    world.edit(task, title="Write")
    assert (task.title, task.assignee_id) == ("Write", world.theo.id)


def test_what_the_product_wrote_keeps_its_words(world: World) -> None:
    task = world.task()
    task.kind = TaskKind.SITE_CHANGE
    world.edit(task, title="Mine now", prospect_id=world.prospect.id, due_at=now() + timedelta(days=1))
    assert (task.title, task.prospect_id) == ("Call Nora", None)
    assert task.due_at == now() + timedelta(days=1)


def test_only_who_is_named_anew_is_told(world: World) -> None:
    task = world.task("Ask @Theo")
    assert world.told(world.theo, NotificationKind.MENTION) == 1
    world.edit(task, title="Ask @Theo today")
    assert world.told(world.theo, NotificationKind.MENTION) == 1
    world.edit(task, title="Ask somebody")
    world.edit(task, title="Ask @Theo Brandt")
    assert world.told(world.theo, NotificationKind.MENTION) == 2


def test_a_task_with_a_time_is_told_at_that_time_once(world: World, session: Session) -> None:
    task = world.task(due_at=due_moment(MONDAY.date(), AT_THREE, WARSAW), is_timed=True)
    assert tell_due_tasks(session) == 0
    with time_machine.travel(MONDAY.replace(hour=14), tick=False):
        assert [tell_due_tasks(session), tell_due_tasks(session)] == [1, 0]
        world.edit(task, due_at=now() + timedelta(hours=1))
        assert tell_due_tasks(session) == 0
    with time_machine.travel(MONDAY.replace(hour=15, minute=1), tick=False):
        assert [tell_due_tasks(session), tell_due_tasks(session)] == [1, 0]
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        assert tell_due_tasks(session) == 0
    assert world.told(world.mara, NotificationKind.TASK_DUE) == 2


def test_a_time_is_told_at_night_too_and_a_day_in_the_morning(world: World, session: Session) -> None:
    night = MONDAY.replace(hour=3)
    world.task(due_at=night, is_timed=True)
    world.task(due_at=night.replace(hour=23))
    with time_machine.travel(night, tick=False):
        assert tell_due_tasks(session) == 1
    assert tell_due_tasks(session) == 1


def test_a_time_stands_in_calendar_and_mail(world: World, session: Session) -> None:
    world.task("Call at three", due_at=MONDAY.replace(hour=14), is_timed=True)
    world.task("Some time today", due_at=MONDAY.replace(hour=23))
    text = calendar_by_token(session, make_calendar(session, world.mara)).decode()
    assert "DTSTART:20261123T140000Z\r\nDTEND:20261123T143000Z\r\nSUMMARY:Call at three" in text
    assert "DTSTART;VALUE=DATE:20261123\r\nDTEND;VALUE=DATE:20261124\r\nSUMMARY:Some time today" in text
    choose_mail(session, world.mara, "workdays")
    assert post_morning_mails(session) == 1
    mail = session.scalars(select(Notice.text)).one()
    assert "- Call at three, 15:00\n" in mail
    assert "- Some time today\n" in mail


def test_today_ends_where_the_person_lives(world: World, session: Session) -> None:
    world.mara.time_zone = "America/Los_Angeles"
    late = world.task("In the evening there", due_at=MONDAY + timedelta(hours=24), is_timed=True)
    world.task("Tomorrow", due_at=MONDAY + timedelta(hours=26), is_timed=True)
    with time_machine.travel(MONDAY.replace(hour=20), tick=False):
        (group,) = my_day(session, world.mara, [world.program.id])
        groups = group_by_due(open_tasks(session, world.program.id).tasks, world.mara.zone)
    assert (group.kind, [item.row_id for item in group.items]) == (DayKind.DUE, [late.id])
    assert [(each.title, len(each.tasks)) for each in groups] == [("Due today", 1), ("Later", 1)]


def test_put_off_it_keeps_its_time_across_the_change_of_clocks(world: World, session: Session) -> None:
    task = world.task(due_at=due_moment(MONDAY.date(), AT_THREE, WARSAW), is_timed=True)
    row = day_row(session, world.mara, world.program.slug, "due", task.id)
    deed = snooze(session, row, until=date(2027, 4, 5), actor=world.mara)
    assert task.due_at == datetime(2027, 4, 5, 13, tzinfo=UTC)
    assert task.is_timed
    take_back(session, row, deed.undo, actor=world.mara)
    assert (task.due_at, task.is_timed) == (datetime(2026, 11, 23, 14, tzinfo=UTC), True)


def test_a_zone_that_is_not_known_is_utc(world: World) -> None:
    world.mara.time_zone = "Mars/Olympus"
    assert world.mara.zone == ZoneInfo("UTC")
