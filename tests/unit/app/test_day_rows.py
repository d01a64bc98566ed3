"""What a person does with a row of their day: it ends, waits or goes to somebody, and each can be taken back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import (
    ActivityKind,
    MailState,
    Membership,
    Program,
    Prospect,
    ReceivedMail,
    Role,
    Stage,
    Task,
    TaskKind,
    TaskState,
    User,
)
from app.models.day_choices import DaySnooze
from app.queries.day_items import DayKind
from app.queries.today import my_day
from app.services.activities import add_activity
from app.services.day_rows import day_row, finish, give, given_to, snooze, take_back
from app.services.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.services.tasks import change_task
from tests.world import make_program, make_prospect, make_user

TOMORROW = today() + timedelta(days=1)


@pytest.fixture
def person(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, person: User) -> Program:
    return make_program(session, person)


def add_task(session: Session, program: Program, person: User, **values: Any) -> Task:
    due = now() - timedelta(days=1)
    task = Task(**{"program_id": program.id, "title": "Call", "assignee_id": person.id, "due_at": due} | values)
    session.add(task)
    session.flush()
    return task


def add_reply(session: Session, prospect: Prospect) -> ReceivedMail:
    mail = ReceivedMail(source="test", content_key=f"k{prospect.id}", raw=b"", state=MailState.READ, kind="reply",
                        subject="Yes", program_id=prospect.program_id, prospect_id=prospect.id)  # fmt: skip
    session.add(mail)
    session.flush()
    return mail


def rows_of(session: Session, person: User, program: Program) -> list[tuple[DayKind, int]]:
    session.flush()
    return [(item.kind, item.row_id) for group in my_day(session, person, [program.id]) for item in group.items]


def test_a_task_is_done_and_open_again(session: Session, program: Program, person: User) -> None:
    task = add_task(session, program, person)
    row = day_row(session, person, program.slug, "overdue", task.id)
    deed = finish(session, row, actor=person)
    assert task.state is TaskState.DONE
    assert rows_of(session, person, program) == []
    with pytest.raises(Conflict):
        finish(session, row, actor=person)
    take_back(session, row, deed.undo, actor=person)
    assert rows_of(session, person, program) == [(DayKind.OVERDUE, task.id)]


def test_a_task_put_off_is_due_that_day_until_it_is_taken_back(
    session: Session, program: Program, person: User
) -> None:
    task = add_task(session, program, person)
    before = task.due_at
    row = day_row(session, person, program.slug, "overdue", task.id)
    deed = snooze(session, row, until=TOMORROW, actor=person)
    assert task.due_at is not None
    assert task.due_at.date() == TOMORROW
    assert rows_of(session, person, program) == []
    take_back(session, row, deed.undo, actor=person)
    assert task.due_at == before


def test_what_somebody_changed_since_is_not_taken_back(session: Session, program: Program, person: User) -> None:
    task = add_task(session, program, person)
    row = day_row(session, person, program.slug, "overdue", task.id)
    deed = snooze(session, row, until=TOMORROW, actor=person)
    change_task(session, task, assignee_id=None, due_at=None, actor=person)
    with pytest.raises(Conflict, match="meanwhile"):
        take_back(session, row, deed.undo, actor=person)
    assert task.due_at is None


def test_only_who_puts_a_standing_prospect_off_does_not_see_it(
    session: Session, program: Program, person: User
) -> None:
    long_ago = now() - timedelta(days=22)
    values = {"owner_id": person.id, "stage_since_at": long_ago}
    prospect = make_prospect(session, program, "slow.example", stage=Stage.CONTACTED, **values)
    make_prospect(session, program, "name.example", stage=Stage.SOURCED, **values)
    make_prospect(session, program, "new.example", stage=Stage.CONTACTED, owner_id=person.id)
    assert rows_of(session, person, program) == [(DayKind.LINGERING, prospect.id)]
    row = day_row(session, person, program.slug, "lingering", prospect.id)
    deed = snooze(session, row, until=TOMORROW, actor=person)
    snooze(session, row, until=TOMORROW + timedelta(days=3), actor=person)
    assert len(session.scalars(select(DaySnooze)).all()) == 1
    assert rows_of(session, person, program) == []
    take_back(session, row, deed.undo, actor=person)
    assert rows_of(session, person, program) == [(DayKind.LINGERING, prospect.id)]


def test_two_presses_of_later_at_once_make_one_row(session: Session, program: Program, person: User) -> None:
    prospect = make_prospect(session, program, stage=Stage.ENGAGED, owner_id=person.id)
    row = day_row(session, person, program.slug, "lingering", prospect.id)
    session.flush()
    looked: list[str] = []

    def press_again(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("SELECT day_snoozes") and not looked:
            looked.append(statement)
            values = {"user_id": person.id, "kind": "lingering", "row_id": prospect.id, "until": now()}
            connection.execute(insert(DaySnooze).values(values))

    event.listen(session.connection(), "after_cursor_execute", press_again)
    snooze(session, row, until=TOMORROW, actor=person)
    session.flush()
    assert looked
    assert [each.until.date() for each in session.scalars(select(DaySnooze))] == [TOMORROW]


def test_what_was_given_to_somebody_meanwhile_is_not_given_again(
    session: Session, program: Program, person: User
) -> None:
    prospect = make_prospect(session, program, stage=Stage.ENGAGED, owner_id=person.id)
    for kind, found in (("waking", prospect), ("overdue", add_task(session, program, person))):
        row = day_row(session, person, program.slug, kind, found.id)
        seen = str(given_to(session, row)[2])
        give(session, row, person_id=None, seen=seen, actor=person)
        with pytest.raises(Conflict):
            give(session, row, person_id=person.id, seen=seen, actor=person)
    assert prospect.owner_id is None


def test_what_was_put_off_comes_back_by_itself(session: Session, program: Program, person: User) -> None:
    prospect = make_prospect(session, program, stage=Stage.ENGAGED, owner_id=person.id,
                             stage_since_at=now() - timedelta(days=30))  # fmt: skip
    snoozed = DaySnooze(user_id=person.id, kind="lingering", row_id=prospect.id, until=now() + timedelta(hours=1))
    session.add(snoozed)
    assert rows_of(session, person, program) == []
    snoozed.until = now() - timedelta(seconds=1)
    assert rows_of(session, person, program) == [(DayKind.LINGERING, prospect.id)]


def test_a_changed_site_is_a_group_of_its_own(session: Session, program: Program, person: User) -> None:
    task = add_task(session, program, person, kind=TaskKind.SITE_CHANGE, due_at=now() + timedelta(days=2))
    assert rows_of(session, person, program) == [(DayKind.SITE_CHANGE, task.id)]
    due = task.due_at
    snooze(session, day_row(session, person, program.slug, "site_change", task.id), until=TOMORROW, actor=person)
    assert rows_of(session, person, program) == []
    assert task.due_at == due


def test_a_mention_is_read_and_unread_again(session: Session, program: Program, person: User) -> None:
    other = make_user(session, name="Theo Brandt")
    session.add(Membership(user_id=other.id, program_id=program.id))
    prospect = make_prospect(session, program)
    add_activity(session, prospect, kind=ActivityKind.NOTE, body=f"@{person.email} look", author=other)
    ((kind, row_id),) = rows_of(session, person, program)
    assert kind is DayKind.MENTION
    row = day_row(session, person, program.slug, "mention", row_id)
    deed = finish(session, row, actor=person)
    assert rows_of(session, person, program) == []
    take_back(session, row, deed.undo, actor=person)
    assert rows_of(session, person, program) == [(DayKind.MENTION, row_id)]
    with pytest.raises(NotFound):
        day_row(session, other, program.slug, "mention", row_id)


def test_a_reply_is_put_off_for_everybody_and_given_with_its_prospect(
    session: Session, program: Program, person: User
) -> None:
    other = make_user(session, name="Theo Brandt")
    session.add(Membership(user_id=other.id, program_id=program.id))
    prospect = make_prospect(session, program, "reply.example", owner_id=person.id)
    mail = add_reply(session, prospect)
    row = day_row(session, person, program.slug, "reply", mail.id)
    deed = snooze(session, row, until=TOMORROW, actor=person)
    assert rows_of(session, person, program) == []
    take_back(session, row, deed.undo, actor=person)
    assert given_to(session, row) == ("Reply", person.id, prospect.version)
    deed = give(session, row, person_id=other.id, seen=str(prospect.version), actor=person)
    assert rows_of(session, person, program) == []
    assert rows_of(session, other, program) == [(DayKind.REPLY, mail.id)]
    take_back(session, row, deed.undo, actor=person)
    assert prospect.owner_id == person.id


def test_a_task_is_given_to_members_only(session: Session, program: Program, person: User) -> None:
    task = add_task(session, program, person)
    row = day_row(session, person, program.slug, "overdue", task.id)
    with pytest.raises(InvalidInput):
        give(session, row, person_id=make_user(session).id, seen=str(task.version), actor=person)
    deed = give(session, row, person_id=None, seen=str(task.version), actor=person)
    assert rows_of(session, person, program) == []
    take_back(session, row, deed.undo, actor=person)
    assert task.assignee_id == person.id


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_day_that_is_not_to_come_is_refused(session: Session, program: Program, person: User, days: int) -> None:
    row = day_row(session, person, program.slug, "overdue", add_task(session, program, person).id)
    with pytest.raises(InvalidInput, match="within a year"):
        snooze(session, row, until=today() + timedelta(days=days), actor=person)


def test_rows_of_others_and_of_no_kind_are_not_found(session: Session, program: Program, person: User) -> None:
    theirs = add_task(session, make_program(session), person)
    mine = add_task(session, program, person)
    for kind, row_id in (("overdue", theirs.id), ("nothing", mine.id), ("overdue", mine.id + 1000)):
        with pytest.raises(NotFound):
            day_row(session, person, program.slug, kind, row_id)


def test_who_only_reads_changes_nothing_but_their_own_day(session: Session, program: Program) -> None:
    reader = make_user(session, Role.DATA_ANALYST)
    session.add(Membership(user_id=reader.id, program_id=program.id))
    with pytest.raises(NotAllowed):
        day_row(session, reader, program.slug, "overdue", add_task(session, program, reader).id)
    waiting = make_prospect(session, program, stage=Stage.ENGAGED)
    row = day_row(session, reader, program.slug, "lingering", waiting.id)
    with pytest.raises(NotAllowed):
        give(session, row, person_id=None, seen=str(waiting.version), actor=reader)
    snooze(session, row, until=TOMORROW, actor=reader)
