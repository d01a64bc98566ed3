"""Caps, spacing, windows, lateness and senders that pause themselves: never one over, never outside, never twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from app.clock import now
from app.db import reading, transaction
from app.models import (
    Company,
    ContactBasis,
    ContactField,
    ContactValue,
    Delivery,
    Enrollment,
    EnrollmentState,
    Message,
    MessageState,
    Pause,
    PauseScope,
    Sender,
    SenderDay,
    Task,
    TaskState,
)
from app.services.enrollments import finish_task_step, release_step
from app.services.ledger.handing_over import Restored
from app.services.ledger.health import Health, check_sender
from app.services.ledger.marks import count_handing_over, hold_if_restored
from app.services.ledger.next_step import next_steps
from app.services.tasks import complete_task
from tests.ledger_world import balance, content, enrollments, make_ledger, messages, only_message
from tests.world import make_user

OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}
TWO_STEPS = ({"id": "first", "kind": "email"}, {"id": "second", "kind": "email", "delay": {"days": 1}})


def handed_over() -> list[int]:
    with reading() as session:
        return list(session.scalars(select(SenderDay.handed_over)))


def race_for_the_cap(*, cap: int, due: int, workers: int) -> int:
    """Let workers race for a sender's cap; return how many mails were handed over."""
    with transaction() as session:
        ledger = make_ledger(session, daily_cap=cap)
        ledger.enroll(session, due)
    ledger.plan()
    start = threading.Barrier(workers)

    def work() -> int:
        start.wait()
        return ledger.worker().drain(lane=15)

    with ThreadPoolExecutor(workers) as pool:
        begun = sum(each.result() for each in [pool.submit(work) for _ in range(workers)])
    assert begun == len(ledger.transport.sent)
    return begun


def test_eight_workers_never_send_one_over_the_cap(database: Engine) -> None:
    assert race_for_the_cap(cap=9, due=14, workers=8) == 9
    assert handed_over() == [9]
    assert {message.reason for message in messages() if message.state is MessageState.PLANNED} == {"daily_cap"}
    assert balance().is_exact


@pytest.mark.slow
def test_the_cap_holds_in_every_race(database: Engine) -> None:
    assert [race_for_the_cap(cap=3, due=6, workers=8) for _ in range(10)] == [3] * 10


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
def test_the_cap_holds_in_a_hundred_races(database: Engine) -> None:
    assert [race_for_the_cap(cap=3, due=6, workers=8) for _ in range(100)] == [3] * 100


def test_what_the_cap_kept_back_goes_the_next_day_and_is_not_too_late(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session, daily_cap=1)
        ledger.enroll(session, 3)
    sent = [ledger.send()]
    for day in (1, 2):
        with time_machine.travel(now() + timedelta(days=day), tick=True):
            sent.append(ledger.send())
    assert sent == [1, 1, 1]


def test_a_new_senders_cap_grows_with_its_ramp(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session, daily_cap=50, ramp_since_on=now().date(), ramp_start=2, ramp_per_day=3)
        ledger.enroll(session, 9)
    assert ledger.send() == 2
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        assert ledger.send() == 5


def test_mails_to_one_domain_keep_their_distance(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session, domain_spacing_s=600)
        ledger.enroll(session, 2)
        addresses = select(ContactValue).where(ContactValue.field == ContactField.EMAIL)
        for number, value in enumerate(session.scalars(addresses)):
            value.value = f"person{number}@same.example"
    assert ledger.send() == 1
    waiting = next(message for message in messages() if message.state is MessageState.PLANNED)
    assert waiting.reason == "domain_spacing"
    with time_machine.travel(now() + timedelta(seconds=601), tick=True):
        assert ledger.send() == 1


def test_a_step_that_is_too_late_waits_for_a_person(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        [enrollment] = ledger.enroll(session)
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert ledger.plan() == {"too_late": 1}
        [held] = enrollments()
        assert (held.state, held.reason) == (EnrollmentState.HELD, "too_late")
        assert "Overdue" in held.detail
        with transaction() as session:
            release_step(session, enrollment.id, by_user_id=make_user(session).id)
        assert ledger.send() == 1


def test_a_mail_that_was_planned_in_time_and_never_sent_is_too_late_as_well(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        [enrollment] = ledger.enroll(session)
    ledger.plan()
    with time_machine.travel(now() + timedelta(hours=30), tick=True):
        assert ledger.send() == 0
        assert only_message().not_before_at is None
        assert enrollments()[0].state is EnrollmentState.HELD
        with transaction() as session:
            release_step(session, enrollment.id, by_user_id=make_user(session).id)
        assert ledger.send() == 1


def test_a_manual_step_makes_one_task_and_finishing_it_ends_the_step(database: Engine) -> None:
    steps = ({"id": "call", "kind": "task"}, {"id": "first", "kind": "email"})
    with transaction() as session:
        ledger = make_ledger(session, content(*steps))
        [enrollment] = ledger.enroll(session)
    ledger.plan()
    with transaction() as session:
        session.execute(update(Enrollment).values(next_at=now()))
    ledger.plan()
    with reading() as session:
        [task] = session.scalars(select(Task))
    assert task.title.startswith("Call Company")
    assert task.origin == f"enrollment:{enrollment.id}:step:call"
    assert ledger.send() == 0
    with transaction() as session:
        complete_task(session, session.get_one(Task, task.id), actor=make_user(session))
        finish_task_step(session, enrollment.id, "call", by_user_id=None)
    assert ledger.send() == 1
    with reading() as session:
        assert session.scalars(select(Task.state)).all() == [TaskState.DONE]


def test_every_enrollment_says_what_blocks_it_until_when(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        [enrollment] = ledger.enroll(session)
        session.execute(update(ContactBasis).values(has_consented=False))
    ledger.plan()
    with reading() as session:
        said = next_steps(session, [enrollment.id])[enrollment.id]
    rules = {blocker.rule for blocker in said.blockers}
    assert rules == {"consent_lane", "country_no_cold_mail", "no_legal_basis", "no_source_url"}
    assert said.at is None
    assert all(blocker.sentence for blocker in said.blockers)
    with transaction() as session:
        session.execute(update(ContactBasis).values(has_consented=True))
    with time_machine.travel(now() + timedelta(minutes=31), tick=True):
        assert ledger.send() == 1, "a block whose cause is gone lets go by itself"


def test_a_sender_pauses_itself_when_its_mail_bounces_and_warns_before(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session, 8)
    ledger.send()

    def bounce(number: int) -> Health:
        with transaction() as session:
            ids = select(Message.id).order_by(Message.id).limit(number)
            session.execute(update(Message).where(Message.id.in_(ids)).values(delivery=Delivery.HARD_BOUNCED))
            return check_sender(session, ledger.sender.id).health

    assert [bounce(number) for number in (1, 2, 3, 4)] == [Health.GOOD, Health.WARNING, Health.PAUSED, Health.PAUSED]
    with reading() as session:
        assert session.scalars(select(Pause.scope)).all() == [PauseScope.SENDER]
        assert "bounced" in session.get_one(Sender, ledger.sender.id).pause_reason


@pytest.mark.parametrize(
    ("remembered", "known", "held"), [(5, 5, False), (None, 0, False), (6, 5, True), (None, 5, True), (4, 5, False)]
)
def test_a_restored_database_starts_held(database: Engine, remembered: int | None, known: int, held: bool) -> None:
    with transaction() as session:
        for _ in range(known):
            count_handing_over(session)
        assert bool(hold_if_restored(session, lambda: remembered)) is held
        assert len(session.scalars(select(Pause)).all()) == held
        if remembered is not None:
            assert not hold_if_restored(session, lambda: remembered), "it is held once"


def test_a_database_replaced_under_a_running_worker_sends_nothing(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session, 2)
    ledger.memory.number = 0
    ledger.plan()
    worker = ledger.worker()
    ledger.memory.remember(40)
    object.__setattr__(worker.identity, "remembered", 40)
    with pytest.raises(Restored):
        worker.drain(lane=15)
    assert ledger.transport.sent == []
    with reading() as session:
        assert session.scalars(select(Pause.scope)).all() == [PauseScope.ALL]


# Moments around what clocks and calendars do: both changes of clocks, a leap day, the 31st, the turn of a year.
TURNS = (
    datetime(2026, 3, 27, 7, tzinfo=UTC),
    datetime(2026, 10, 23, 7, tzinfo=UTC),
    datetime(2028, 2, 27, 7, tzinfo=UTC),
    datetime(2026, 1, 29, 7, tzinfo=UTC),
    datetime(2026, 12, 30, 7, tzinfo=UTC),
    datetime(2026, 3, 6, 7, tzinfo=UTC),
)
ZONES = {
    "PL": "Europe/Warsaw",
    "JP": "Asia/Tokyo",
    "GB": "Europe/London",
    "IN": "Asia/Kolkata",
    "NZ": "Pacific/Auckland",
}


@pytest.mark.slow
@hypothesis_settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(
    begins_at=st.sampled_from(TURNS),
    country=st.sampled_from(sorted(ZONES)),
    sender_zone=st.sampled_from(["UTC", "America/New_York", "Asia/Tokyo"]),
    tick_min=st.sampled_from([235, 310, 420]),
)
def test_each_step_happens_once_and_inside_its_window(
    database: Engine, begins_at: datetime, country: str, sender_zone: str, tick_min: int
) -> None:
    zone = ZoneInfo(ZONES[country])
    times: list[datetime] = []
    with time_machine.travel(begins_at, tick=False) as clock:
        with transaction() as session:
            ledger = make_ledger(session, content(*TWO_STEPS, window=OFFICE), time_zone=sender_zone)
            [enrollment] = ledger.enroll(session, enrolled_at=begins_at)
            session.execute(update(Company).values(country=country))
        while now() < begins_at + timedelta(days=6):
            if ledger.send():
                times.append(now())
            clock.shift(timedelta(minutes=tick_min))
    steps = [message.step for message in messages() if message.enrollment_id == enrollment.id]
    assert steps == ["first", "second"]
    assert len(times) == len(ledger.transport.sent) == 2
    for at in times:
        local = at.astimezone(zone)
        assert local.weekday() < 5
        assert 9 <= local.hour < 17
    assert times[1].astimezone(zone).date() > times[0].astimezone(zone).date()
