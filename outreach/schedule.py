"""When a step may happen: delays and windows on the contact's own calendar and clock.

All instants in and out are aware and in UTC. A window is judged by what the contact's clock shows, so it is never
left where clocks change: a time that does not exist moves to one that does, an hour that comes twice is open twice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.sequence import Delay, Window

_SEARCH_DAYS = 800
# Two weekly patterns that meet at all meet within weeks; holidays and clock changes may put it off for some more.
_SHARED_SEARCH = timedelta(days=60)


def add_delay(start: datetime, delay: Delay, *, zone: ZoneInfo, window: Window, holidays: frozenset[date]) -> datetime:
    """Return the instant a delay after another; the result may lie outside the window."""
    local = start.astimezone(zone)
    day = local.date() + timedelta(days=delay.days)
    for _ in range(delay.working_days):
        day = _next_open_day(day + timedelta(days=1), window, holidays) or day + timedelta(days=1)
    moved = local if day == local.date() else local.replace(year=day.year, month=day.month, day=day.day, fold=0)
    return moved.astimezone(UTC) + timedelta(hours=delay.hours)


def next_opening(at: datetime, *, zone: ZoneInfo, window: Window, holidays: frozenset[date]) -> datetime | None:
    """Return the first instant not before `at` inside the window; None if the window never opens."""
    if is_open(at, zone=zone, window=window, holidays=holidays):
        return at
    day = at.astimezone(zone).date()
    for _ in range(_SEARCH_DAYS):
        open_day = _next_open_day(day, window, holidays)
        if open_day is None:
            return None
        openings = {_instant(open_day, window.opens.replace(fold=fold), zone) for fold in (0, 1)}
        for opens in sorted(openings):
            if opens >= at and is_open(opens, zone=zone, window=window, holidays=holidays):
                return opens
        day = open_day + timedelta(days=1)
    return None


def next_shared_opening(
    at: datetime,
    *,
    zone: ZoneInfo,
    window: Window,
    holidays: frozenset[date],
    other_zone: ZoneInfo,
    other_window: Window,
) -> datetime | None:
    """Return the first instant not before `at` inside both windows, each on its own clock; holidays are the first's.

    None where they do not meet within 60 days.
    """
    moment: datetime | None = at
    while moment is not None and moment - at <= _SHARED_SEARCH:
        opens = next_opening(moment, zone=zone, window=window, holidays=holidays)
        if opens is None:
            return None
        moment = next_opening(opens, zone=other_zone, window=other_window, holidays=frozenset())
        if moment == opens:
            return opens
    return None


def is_open(at: datetime, *, zone: ZoneInfo, window: Window, holidays: frozenset[date]) -> bool:
    """Whether the contact's clock shows a time inside the window, on a day that has one."""
    local = at.astimezone(zone)
    return is_open_day(local.date(), window, holidays) and window.opens <= local.time() < window.closes


def next_midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant the next local day begins."""
    return _instant(at.astimezone(zone).date() + timedelta(days=1), time(0), zone)


def lateness(
    due_at: datetime, now: datetime, *, zone: ZoneInfo, window: Window, holidays: frozenset[date]
) -> timedelta:
    """Return how late a step is, days without a window left out: a weekend makes nothing late."""
    # Both as the contact's clock shows them: nobody is an hour later because clocks went back.
    first, last = (moment.astimezone(zone).replace(tzinfo=None) for moment in (due_at, now))
    days = min((last.date() - first.date()).days, _SEARCH_DAYS)
    between = (first.date() + timedelta(days=number) for number in range(1, days))
    return last - first - timedelta(days=sum(not is_open_day(day, window, holidays) for day in between))


def is_open_day(day: date, window: Window, holidays: frozenset[date]) -> bool:
    """Whether a step may happen on a local day at all."""
    return day.weekday() in window.days and day not in holidays


def _next_open_day(day: date, window: Window, holidays: frozenset[date]) -> date | None:
    return next(
        (
            candidate
            for candidate in (day + timedelta(days=number) for number in range(_SEARCH_DAYS))
            if is_open_day(candidate, window, holidays)
        ),
        None,
    )


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
