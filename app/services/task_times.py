"""When tasks are due: on a day, or at a time of it in the time zone of whoever says so."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.models import Task


def end_of_day(day: date | None) -> datetime | None:
    """Return the moment a task of that day becomes late: the end of the day in UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC) if day else None


def due_moment(day: date | None, at: time | None, zone: ZoneInfo) -> datetime | None:
    """Return when a task of a day becomes late, in UTC: at its time in a zone, or at the day's end without one."""
    if day is None or at is None:
        return end_of_day(day)
    return datetime.combine(day, at, zone).astimezone(UTC)


def due_day(due_at: datetime | None, zone: ZoneInfo, *, is_timed: bool) -> date | None:
    """Return the day something is due: with a time of day it is the day of a zone, else the one that was written."""
    if due_at is None:
        return None
    return due_at.astimezone(zone if is_timed else UTC).date()


def due_on_another_day(task: Task, day: date, zone: ZoneInfo) -> datetime | None:
    """Return when a task is due that is put off to a day: one with a time of day keeps it."""
    at = task.due_at.astimezone(zone).time() if task.is_timed and task.due_at else None
    return due_moment(day, at, zone)
