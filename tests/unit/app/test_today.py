"""One's day: what is due and whose, the calendar behind a secret address, one mail a morning."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    MailState,
    Notice,
    Program,
    ReceivedMail,
    Role,
    Stage,
    Task,
    TaskState,
    User,
)
from app.models.day_choices import DayChoices, DayMail
from app.queries.day_items import MOST, DayKind
from app.queries.today import my_day
from app.services.day_choices import (
    calendar_by_token,
    choose_mail,
    end_calendar,
    make_calendar,
    post_morning_mails,
)
from app.services.errors import InvalidInput, NotFound
from tests.world import make_program, make_prospect, make_user

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture
def person(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, person: User) -> Program:
    return make_program(session, person)


def add_task(session: Session, program: Program, person: User, title: str, **values: Any) -> Task:
    task = Task(**{"program_id": program.id, "title": title, "assignee_id": person.id, "due_at": now()} | values)
    session.add(task)
    session.flush()
    return task


def day_of(session: Session, person: User, *programs: Program) -> dict[DayKind, list[str]]:
    groups = my_day(session, person, [program.id for program in programs])
    return {group.kind: [item.title for item in group.items] for group in groups}


def test_a_day_holds_what_is_mine_and_due_and_nothing_else(session: Session, program: Program, person: User) -> None:
    elsewhere = make_program(session)
    add_task(session, program, person, "Late", due_at=now() - timedelta(days=2))
    add_task(session, program, person, "Next week", due_at=now() + timedelta(days=7))
    add_task(session, program, person, "Done", state=TaskState.DONE, due_at=now() - timedelta(days=1))
    add_task(session, program, make_user(session), "Somebody else's", due_at=now() - timedelta(days=1))
    add_task(session, elsewhere, person, "Of a program one has left", due_at=now() - timedelta(days=1))
    soon = (now() + timedelta(days=3)).date()
    make_prospect(session, program, "nap.example", owner_id=person.id, stage=Stage.DORMANT, wake_up_on=soon)
    assert day_of(session, person, program) == {DayKind.OVERDUE: ["Late"], DayKind.WAKING: ["Nap"]}


def test_replies_of_other_peoples_prospects_are_theirs(session: Session, program: Program, person: User) -> None:
    other = make_user(session)
    for number, owner in enumerate((person.id, None, other.id)):
        prospect = make_prospect(session, program, f"r{number}.example", owner_id=owner)
        session.add(
            ReceivedMail(
                source="test", content_key=f"k{number}", raw=b"", state=MailState.READ, kind="reply", subject="Yes",
                program_id=program.id, prospect_id=prospect.id,
            )
        )  # fmt: skip
    session.flush()
    assert day_of(session, person, program)[DayKind.REPLY] == ["R0", "R1"]


def test_a_long_list_is_cut_and_says_so(session: Session, program: Program, person: User) -> None:
    for number in range(MOST + 1):
        add_task(session, program, person, f"Call {number}", due_at=now() - timedelta(hours=1))
    (group,) = my_day(session, person, [program.id])
    assert (len(group.items), group.is_cut) == (MOST, True)


def test_a_calendar_opens_by_its_address_until_a_new_one_is_made(
    session: Session, program: Program, person: User
) -> None:
    task = add_task(session, program, person, "Call Nora; ask, then write", due_at=now() - timedelta(days=1))
    first = make_calendar(session, person)
    text = calendar_by_token(session, first).decode()
    assert f"UID:task-{task.id}@" in text
    assert "SUMMARY:Call Nora\\; ask\\, then write" in text
    second = make_calendar(session, person)
    with pytest.raises(NotFound):
        calendar_by_token(session, first)
    end_calendar(session, person)
    session.flush()
    with pytest.raises(NotFound):
        calendar_by_token(session, second)


def test_the_calendar_holds_what_is_still_to_come(session: Session, program: Program, person: User) -> None:
    for days in range(MOST + 2):
        add_task(session, program, person, f"In {days} days", due_at=now() + timedelta(days=days))
    add_task(session, program, person, "Some day", due_at=None)
    text = calendar_by_token(session, make_calendar(session, person)).decode()
    assert text.count("BEGIN:VEVENT") == MOST + 2
    assert f"SUMMARY:In {MOST + 1} days" in text
    assert f"DTSTART;VALUE=DATE:{now() + timedelta(days=3):%Y%m%d}" in text


def test_who_may_not_sign_in_any_more_has_no_calendar(session: Session, person: User) -> None:
    token = make_calendar(session, person)
    person.is_active = False
    session.flush()
    with pytest.raises(NotFound):
        calendar_by_token(session, token)


@pytest.mark.parametrize(
    ("choice", "at", "mails"),
    [
        (DayMail.WORKDAYS, MONDAY, 1),
        (DayMail.MONDAYS, MONDAY, 1),
        (DayMail.MONDAYS, MONDAY + timedelta(days=1), 0),
        (DayMail.WORKDAYS, MONDAY - timedelta(days=1), 0),
        (DayMail.WORKDAYS, MONDAY - timedelta(hours=2), 0),
        (DayMail.OFF, MONDAY, 0),
    ],
)
def test_the_mail_comes_on_its_mornings_once(session: Session, choice: DayMail, at: datetime, mails: int) -> None:
    with time_machine.travel(at, tick=False):
        person = make_user(session)
        program = make_program(session, person)
        add_task(session, program, person, "Call Nora", due_at=at - timedelta(days=1))
        choose_mail(session, person, choice.value)
        assert [post_morning_mails(session), post_morning_mails(session)] == [mails, 0]
    texts = session.scalars(select(Notice.text).where(Notice.to_address == person.email)).all()
    assert len(texts) == mails
    assert all("- Call Nora" in text and "/today" in text for text in texts)


def test_an_empty_day_makes_no_mail(session: Session) -> None:
    with time_machine.travel(MONDAY, tick=False):
        choose_mail(session, make_user(session, Role.ADMIN), "workdays")
        assert post_morning_mails(session) == 0
    assert session.scalar(select(DayChoices.mailed_on)) == MONDAY.date()


def test_a_word_that_is_no_choice_is_refused(session: Session, person: User) -> None:
    with pytest.raises(InvalidInput, match="hourly"):
        choose_mail(session, person, "hourly")
