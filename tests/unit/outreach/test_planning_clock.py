"""Properties over clocks and calendars: each step once, in order, never outside its window, never over the cap."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach.enrollment import Contact, Enrollment, Sender, StepRecord, StepState, Transport
from outreach.planning import plan_next
from outreach.sequence import Delay, Sequence, Step, StepKind, Variant, Window, choose_variant

ZONES = [
    "Europe/Warsaw",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
    "America/Santiago",
]
days_of_week = st.frozensets(st.integers(0, 6), min_size=1)
hours_of_day = st.tuples(st.integers(0, 95), st.integers(1, 40)).map(
    lambda pair: (time(pair[0] // 4, pair[0] % 4 * 15), time(*divmod(min(pair[0] + pair[1], 95) * 15, 60)))
)
windows = st.builds(
    lambda days, hours: Window(days, *hours), days_of_week, hours_of_day.filter(lambda pair: pair[0] < pair[1])
)
delays = st.builds(Delay, days=st.integers(0, 40), working_days=st.integers(0, 10), hours=st.integers(0, 60))
FIRST, LAST = (datetime.fromisoformat(day) for day in ("2023-12-20", "2028-04-01"))  # hypothesis wants them naive
instants = st.datetimes(FIRST, LAST).map(lambda moment: moment.replace(tzinfo=UTC))
steps = st.lists(st.tuples(st.sampled_from(list(StepKind)), delays, st.none() | windows), min_size=1, max_size=6).map(
    lambda made: tuple(Step(f"s{index}", *each) for index, each in enumerate(made))
)


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    window=windows,
    made=steps,
    start=instants,
    holidays=st.frozensets(st.dates(date(2024, 1, 1), date(2028, 6, 1)), max_size=20),
    lag_min=st.integers(0, 90),
)
@example(
    zone="Europe/Warsaw",
    window=Window(frozenset(range(7)), time(2), time(2, 45)),
    made=(Step("s0", StepKind.EMAIL, Delay(days=1)), Step("s1", StepKind.EMAIL, Delay(days=1))),
    start=datetime(2025, 3, 29, 1, 30, tzinfo=UTC),
    holidays=frozenset(),
    lag_min=0,
)
@example(
    zone="Europe/Warsaw",
    window=Window(frozenset(range(7)), time(2, 30), time(5)),
    made=(
        Step("s0", StepKind.EMAIL),
        Step("s1", StepKind.EMAIL, Delay(hours=1)),
        Step("s2", StepKind.EMAIL, Delay(hours=1)),
    ),
    start=datetime(2025, 10, 26, 0, 10, tzinfo=UTC),
    holidays=frozenset(),
    lag_min=0,
)
def test_each_step_comes_once_in_order_and_never_outside_its_window(
    zone: str, window: Window, made: tuple[Step, ...], start: datetime, holidays: frozenset[date], lag_min: int
) -> None:
    sequence = Sequence("s", made, window, {"*": holidays})
    person = Contact("a@b.example", ZoneInfo(zone), consented=True)
    records: list[StepRecord] = []
    now = start
    for _ in range(len(made) + 1):
        enrollment = Enrollment("e", start, person, Sender(Transport.SMTP, ZoneInfo("UTC")), records=tuple(records))
        planned = plan_next(sequence, enrollment, now)
        if planned.step is None:
            break
        assert planned.due_at is not None
        assert planned.due_at >= now
        step = next(step for step in made if step.id == planned.step)
        _assert_inside(planned.due_at, step.window or window, ZoneInfo(zone), holidays)
        if planned.due_at == now:
            assert planned.blocked_by == []
        # A worker that looks again at the due time sees the same step, due then and not blocked.
        again = plan_next(sequence, enrollment, planned.due_at)
        assert (again.step, again.due_at, again.blocked_by) == (planned.step, planned.due_at, [])
        records.append(StepRecord(planned.step, StepState.DONE, planned.due_at))
        now = planned.due_at + timedelta(minutes=lag_min)

    assert [record.step for record in records] == [step.id for step in made if step.kind is not StepKind.WAIT]


def _assert_inside(due_at: datetime, window: Window, zone: ZoneInfo, holidays: frozenset[date]) -> None:
    local = due_at.astimezone(zone)
    assert local.weekday() in window.days
    assert local.date() not in holidays
    assert window.opens <= local.time() < window.closes


@settings(max_examples=100, deadline=None)
@given(instants, st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(0, 3), st.integers(0, 3))
def test_a_full_cap_never_lets_a_step_go_that_day(
    now: datetime, zone: str, sender_zone: str, cap: int, sent: int
) -> None:
    sequence = Sequence("s", (Step("s0", StepKind.EMAIL),), Window(frozenset(range(7)), time(0), time(23, 59)))
    who = Sender(Transport.SMTP, ZoneInfo(sender_zone), daily_cap=cap, sent_today=sent)

    planned = plan_next(
        sequence, Enrollment("e", now, Contact("a@b.example", ZoneInfo(zone), consented=True), who), now
    )

    assert planned.due_at is not None
    same_day = planned.due_at.astimezone(ZoneInfo(sender_zone)).date() == now.astimezone(ZoneInfo(sender_zone)).date()
    assert same_day <= (sent < cap)


def test_variants_are_spread_by_weight_and_stay() -> None:
    step = Step("s", StepKind.EMAIL, variants=(Variant("a", 3), Variant("b", 1)))
    chosen = [choose_variant(step, f"e{number}") for number in range(2_000)]

    assert chosen == [choose_variant(step, f"e{number}") for number in range(2_000)]
    assert 0.70 < chosen.count(Variant("a", 3)) / 2_000 < 0.80
    assert choose_variant(Step("s", StepKind.TASK), "e") is None
