"""A sender's own hours beside the sequence's window: a mail leaves where both are open, a task ignores them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.enrollment import Contact, Enrollment, Sender, Transport
from outreach.planning import plan_next
from outreach.schedule import is_open
from outreach.sequence import Sequence, Step, StepKind, Window
from tests.unit.outreach.plancases import DONE_FIRST, MONDAY_11, SEQUENCE, blocked, plan, sender
from tests.unit.outreach.test_planning_clock import ZONES, instants, windows


def office(days: list[str], opens: str, closes: str) -> dict[str, Any]:
    return {"days": days, "from": opens, "to": closes}


@pytest.mark.parametrize(
    ("hours", "zone", "due_at"),
    [
        # The contact's day is 09:00 to 17:00 in Warsaw, and it is Monday, 11:00 there.
        (office(["mon"], "09:00", "10:00"), "America/New_York", "2025-03-03T14:00:00+00:00"),
        (office(["thu"], "12:00", "13:00"), "Europe/Warsaw", "2025-03-06T11:00:00+00:00"),
        # Tuesday begins in Tokyo while Warsaw still works on Monday afternoon.
        (office(["tue"], "00:00", "23:59"), "Asia/Tokyo", "2025-03-03T15:00:00+00:00"),
        (office(["mon"], "08:00", "12:00"), "Europe/Warsaw", "2025-03-03T10:00:00+00:00"),
    ],
)
def test_a_mail_leaves_when_the_contacts_and_the_senders_hours_are_open(
    hours: dict[str, Any], zone: str, due_at: str
) -> None:
    sends = sender(time_zone=zone, hours=hours)
    assert plan(sender=sends)["due_at"] == due_at


def test_a_task_does_not_wait_for_the_senders_hours() -> None:
    called = [*DONE_FIRST, {"step": "second", "state": "done", "at": MONDAY_11}]
    only_sunday = sender(hours=office(["sun"], "09:00", "17:00"))
    assert plan(steps=called, sender=only_sunday)["due_at"] == plan(steps=called)["due_at"]


def test_hours_that_never_meet_hold_the_mail_and_say_so() -> None:
    answer = plan(sender=sender(hours=office(["sat", "sun"], "09:00", "17:00")))
    assert answer == {"step": "first", "due_at": None, "blocked_by": [blocked("window")]}


def test_days_on_which_the_sender_rests_make_nothing_late() -> None:
    sends = sender(hours=office(["mon", "fri"], "00:00", "23:59"))
    patient = {**SEQUENCE, "steps": [{"id": "first", "kind": "email", "too_late_hours": 30}]}
    friday = "2025-03-07T11:00:00+01:00"  # four days after Monday, three of them without this sender
    assert plan(friday, sequence=patient, sender=sends)["blocked_by"] == []
    assert blocked("too_late") in plan(friday, sequence=patient)["blocked_by"]


@settings(max_examples=120, deadline=None)
@given(
    now=instants,
    zone=st.sampled_from(ZONES),
    sender_zone=st.sampled_from(ZONES),
    window=windows,
    hours=windows,
    holidays=st.frozensets(st.dates(date(2024, 1, 1), date(2028, 6, 1)), max_size=20),
)
def test_a_mail_is_never_planned_outside_either_window_and_never_later_than_it_could_be(
    now: datetime, zone: str, sender_zone: str, window: Window, hours: Window, holidays: frozenset[date]
) -> None:
    sequence = Sequence("s", (Step("s0", StepKind.EMAIL),), window, {"*": holidays})
    person = Contact("a@b.example", ZoneInfo(zone), consented=True)
    sends = Sender(Transport.SMTP, ZoneInfo(sender_zone), hours=hours)

    planned = plan_next(sequence, Enrollment("e", now, person, sends), now)

    def both_open(at: datetime) -> bool:
        contact = is_open(at, zone=person.time_zone, window=window, holidays=holidays)
        return contact and is_open(at, zone=sends.time_zone, window=hours, holidays=frozenset())

    if planned.due_at is not None:
        assert both_open(planned.due_at)
    last = planned.due_at or now + timedelta(days=14)
    quarter = now.replace(minute=0, second=0, microsecond=0, tzinfo=UTC) + timedelta(hours=1)
    while quarter < min(last, now + timedelta(days=14)):
        assert not both_open(quarter)
        quarter += timedelta(minutes=15)
