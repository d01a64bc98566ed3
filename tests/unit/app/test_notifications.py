"""Who is told what, and how: many of a kind make one line, and what one may not see (any more) is not told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import current_language
from app.models import (
    ActivityKind,
    MatchedBy,
    Membership,
    Notice,
    PauseScope,
    Program,
    Prospect,
    ReceivedMail,
    Role,
    Task,
    TaskState,
    User,
)
from app.models.day_choices import DayMail
from app.models.notification import Notification
from app.queries.notifications import bell_of, notification_lines
from app.services.activities import add_activity, assign_owner, remove_activity
from app.services.day_choices import choices_of, choose_mail, post_morning_mails
from app.services.errors import InvalidInput, NotFound
from app.services.mail_effects import heed_mail
from app.services.notifying.choosing import choose_ways, line_for, mark_all_read, mark_read, mark_unread_again
from app.services.notifying.due_tasks import tell_due_tasks
from app.services.notifying.mentions import mentions_in
from app.services.notifying.morning import end_morning_mail, ending_page
from app.services.notifying.telling import FEW
from app.services.pauses import pause
from app.services.retention import forget_old
from app.services.tasks import NewTask, add_task_by_hand, change_task, complete_task
from outreach.inbound import InboundKind
from tests.outreach_world import make_sender
from tests.world import make_program, make_prospect, make_user

MONDAY = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


@pytest.fixture
def theo(session: Session) -> User:
    return make_user(session, name="Theo Brandt", email="theo@example.com")


@pytest.fixture
def mara(session: Session) -> User:
    return make_user(session, name="Mara Lindqvist", email="mara@example.com")


@pytest.fixture
def program(session: Session, theo: User, mara: User) -> Program:
    return make_program(session, theo, mara)


@pytest.fixture
def prospect(session: Session, program: Program) -> Prospect:
    return make_prospect(session, program, "north.example")


def titles(session: Session, user: User) -> list[str]:
    session.flush()
    return [line.title for line in notification_lines(session, user)]


def note(session: Session, prospect: Prospect, author: User, body: str) -> int:
    return add_activity(session, prospect, kind=ActivityKind.NOTE, body=body, author=author).id


@pytest.mark.parametrize(
    "words", ["@Mara Lindqvist, look", "see (@mara)", "@mara@example.com!", "@MARA.", "cc @mara lindqvist and @mara"]
)
def test_a_mention_is_told_once_with_its_words(
    session: Session, prospect: Prospect, theo: User, mara: User, words: str
) -> None:
    note(session, prospect, theo, words)
    [line] = notification_lines(session, mara)
    assert (line.title, line.under) == ("Theo Brandt mentioned you on North", words)
    assert titles(session, theo) == []


@pytest.mark.parametrize("words", ["mail mara@example.com", "@maraschino", "a@mara", "@mara-lou", "@mara.ltd"])
def test_what_only_looks_like_a_name_tells_nobody(
    session: Session, prospect: Prospect, theo: User, mara: User, words: str
) -> None:
    note(session, prospect, theo, words)
    assert titles(session, mara) == []


def test_only_who_may_see_it_is_told_and_the_writer_hears_of_the_rest(
    session: Session, program: Program, prospect: Prospect, theo: User, mara: User
) -> None:
    joana = make_user(session, name="Joana Reis")
    make_user(session, name="Mara Stone", is_active=False)
    two = [make_user(session, name=f"Kim {each}") for each in ("Ash", "Bo")]
    session.add_all(Membership(user_id=user.id, program_id=program.id) for user in two)
    text = "@Joana @mara @kim @acme_shop"
    note(session, prospect, theo, text)
    found = mentions_in(session, program.id, text)
    assert titles(session, joana) == titles(session, two[0]) == []
    assert titles(session, mara) == ["Theo Brandt mentioned you on North"]
    assert found.hint(writer_id=theo.id) == (
        "Mara Lindqvist was told. Joana Reis was not told: they do not work in this program. Several people are called "
        "kim: write @ and the whole name or the e-mail address. Nobody here is called @acme_shop."
    )


def test_a_note_that_is_removed_takes_its_mentions_along(
    session: Session, prospect: Prospect, theo: User, mara: User
) -> None:
    number = note(session, prospect, theo, "@mara please")
    remove_activity(session, prospect, number, actor=theo)
    assert titles(session, mara) == []


def test_what_is_given_is_told_but_not_to_oneself(
    session: Session, program: Program, prospect: Prospect, theo: User, mara: User
) -> None:
    assign_owner(session, prospect, owner_id=mara.id, version=prospect.version, actor=theo)
    mine = add_task_by_hand(session, NewTask(program_id=program.id, title="Call", assignee_id=theo.id), actor=theo)
    new = NewTask(program_id=program.id, title="Write, @Mara and @Theo", assignee_id=mara.id)
    add_task_by_hand(session, new, actor=theo)
    change_task(session, mine, assignee_id=mara.id, due_at=None, actor=theo)
    change_task(session, mine, assignee_id=mara.id, due_at=now(), actor=theo)
    assert titles(session, mara) == ["Theo Brandt gave you a task"] * 2 + ["Theo Brandt gave you North"]
    assert titles(session, theo) == []


def test_many_of_a_kind_within_an_hour_become_one_line_that_counts(
    session: Session, program: Program, theo: User, mara: User
) -> None:
    for _ in range(100):
        prospect = make_prospect(session, program)
        assign_owner(session, prospect, owner_id=mara.id, version=prospect.version, actor=theo)
    assert titles(session, mara) == ["100 prospects were given to you"]
    assert bell_of(session, mara).count == 1
    kept = session.scalar(select(func.count(Notification.id)).where(Notification.user_id == mara.id))
    assert kept == FEW
    with time_machine.travel(now() + timedelta(minutes=61)):
        prospect = make_prospect(session, program, "later.example")
        assign_owner(session, prospect, owner_id=mara.id, version=prospect.version, actor=theo)
        assert titles(session, mara) == ["Theo Brandt gave you Later", "100 prospects were given to you"]


def test_a_reply_is_told_to_the_owner_alone(session: Session, program: Program, theo: User, mara: User) -> None:
    prospect = make_prospect(session, program, "north.example", owner_id=mara.id)
    mail = ReceivedMail(
        source="x", content_key="0" * 64, raw=b"", kind=InboundKind.REPLY.value, subject="Yes",
        matched_by=MatchedBy.HAND, program_id=program.id, prospect_id=prospect.id, received_at=now(),
    )  # fmt: skip
    session.add(mail)
    session.flush()
    heed_mail(session, mail, recipients=[])
    assert titles(session, mara) == ["North replied"]
    assert titles(session, theo) == []


def test_a_paused_sender_is_told_to_who_sends(session: Session, program: Program, theo: User, mara: User) -> None:
    analyst = make_user(session, Role.DATA_ANALYST)
    session.add(Membership(user_id=analyst.id, program_id=program.id))
    sender = make_sender(session, program)
    pause(session, PauseScope.SENDER, subject_id=sender.id, reason="3 % bounced", by_user_id=theo.id)
    [line] = notification_lines(session, mara)
    assert (line.title, line.under) == ("A sender was paused", f"{sender.address}: 3 % bounced")
    assert titles(session, theo) == titles(session, analyst) == []


def test_tasks_of_today_are_told_once_in_the_morning(session: Session, program: Program, mara: User) -> None:
    day = MONDAY.replace(hour=17)
    with time_machine.travel(MONDAY - timedelta(hours=3), tick=False):
        tasks = [
            Task(program_id=program.id, title=f"Call {n}", assignee_id=mara.id, due_at=day) for n in range(FEW + 2)
        ]
        tasks += [Task(program_id=program.id, title="Tomorrow", assignee_id=mara.id, due_at=day + timedelta(days=1))]
        session.add_all(tasks)
        session.flush()
        assert tell_due_tasks(session) == 0
    with time_machine.travel(MONDAY, tick=False):
        assert [tell_due_tasks(session), tell_due_tasks(session)] == [7, 0]
        assert titles(session, mara) == ["7 of your tasks are due"]


def test_what_is_done_or_out_of_sight_is_not_told_any_more(
    session: Session, program: Program, prospect: Prospect, theo: User, mara: User
) -> None:
    note(session, prospect, theo, "@mara")
    task = Task(program_id=program.id, title="Call", assignee_id=mara.id, due_at=MONDAY)
    session.add(task)
    with time_machine.travel(MONDAY, tick=False):
        session.flush()
        tell_due_tasks(session)
        assert "Due: Call" in titles(session, mara)
        complete_task(session, task, actor=mara)
        assert task.state is TaskState.DONE
        assert titles(session, mara) == ["Theo Brandt mentioned you on North"]
    [line] = notification_lines(session, mara)
    with pytest.raises(NotFound):
        line_for(session, theo, line.id)
    session.delete(session.scalars(select(Membership).where(Membership.user_id == mara.id)).one())
    session.flush()
    assert (titles(session, mara), bell_of(session, mara).count) == ([], 0)
    with pytest.raises(NotFound):
        mark_read(session, mara, line.id)


def test_all_read_and_back_touches_what_was_on_screen_alone(
    session: Session, prospect: Prospect, theo: User, mara: User
) -> None:
    for words in ("@mara one", "@mara two", "@mara three"):
        note(session, prospect, theo, words)
    newest, middle, _oldest = notification_lines(session, mara)
    mark_read(session, mara, middle.id)
    count, moment = mark_all_read(session, mara, newest_id=newest.id - 1)
    assert (count, bell_of(session, mara).count) == (1, 1)
    assert mark_unread_again(session, mara, moment=moment) == 1
    assert bell_of(session, mara).count == 2


def test_each_way_does_what_it_says(session: Session, prospect: Prospect, theo: User, mara: User) -> None:
    mails = select(Notice).where(Notice.to_address == mara.email)
    choose_ways(session, mara, {"mention": "off"})
    note(session, prospect, theo, "@mara zero")
    assert titles(session, mara) == []
    choose_ways(session, mara, {"mention": "mail"})
    note(session, prospect, theo, "@mara one")
    [mail] = session.scalars(mails)
    assert mail.subject == "Theo Brandt mentioned you on North"
    assert "@mara one" in mail.text
    assert choose_ways(session, mara, {"mention": "digest"})
    assert choices_of(session, mara.id).mail is DayMail.WORKDAYS
    note(session, prospect, theo, "@mara two")
    with time_machine.travel(MONDAY, tick=False):
        assert post_morning_mails(session) == 1
    morning = session.scalars(mails.where(Notice.kind == "morning")).one()
    assert "@mara two" in morning.text
    assert "@mara one" not in morning.text
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        assert post_morning_mails(session) == 0
    with pytest.raises(InvalidInput, match="pigeon"):
        choose_ways(session, mara, {"mention": "pigeon"})


def test_mails_are_in_the_language_of_whom_they_tell(
    session: Session, prospect: Prospect, theo: User, mara: User
) -> None:
    mara.language = "de"
    for way in ("mail", "digest"):
        choose_ways(session, mara, {"mention": way})
        note(session, prospect, theo, f"@mara by {way}")
    with time_machine.travel(MONDAY, tick=False):
        assert post_morning_mails(session) == 1
    at_once, morning = session.scalars(select(Notice).where(Notice.to_address == mara.email).order_by(Notice.id))
    assert at_once.subject == "Theo Brandt hat Sie bei North erwähnt"
    assert (morning.subject.split(":")[0], "Neu seit der letzten Mail" in morning.text) == ("Ihr Tag", True)
    assert current_language() == "en"


def test_one_press_ends_the_morning_mail(session: Session, mara: User) -> None:
    choose_mail(session, mara, "workdays")
    session.flush()
    token = ending_page(mara.id).rpartition("/")[2]
    with pytest.raises(NotFound):
        end_morning_mail(session, ("B" if token[0] == "A" else "A") + token[1:])
    end_morning_mail(session, token)
    assert choices_of(session, mara.id).mail is DayMail.OFF


def test_lines_are_cleared_after_ninety_days(session: Session, prospect: Prospect, theo: User, mara: User) -> None:
    note(session, prospect, theo, "@mara")
    for days, left in ((89, 1), (91, 0)):
        with time_machine.travel(now() + timedelta(days=days)):
            forget_old(session)
            assert len(titles(session, mara)) == left
