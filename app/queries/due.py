"""When a task is late: one with a time at that moment, one of a day alone once that day is over where the reader is."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import ColumnElement, and_, or_

from app.clock import now, reader_zone, today_in
from app.models import Task


def is_late(due_at: datetime | None, *, is_timed: bool, zone: tzinfo | None = None) -> bool:
    """Say whether something should have been done by now, in a zone (the reader's)."""
    if due_at is None:
        return False
    return due_at < (now() if is_timed else _written(today_in(zone or reader_zone())))


def late(zone: tzinfo | None = None) -> ColumnElement[bool]:
    """Return what holds for tasks that should have been done by now, in a zone (the reader's)."""
    moment, day = now(), _written(today_in(zone or reader_zone()))
    # The first part alone is what an index of moments answers.
    return and_(Task.due_at < max(moment, day), or_(Task.due_at < min(moment, day), Task.is_timed == (moment > day)))


def due_until(last: date, zone: tzinfo | None = None) -> ColumnElement[bool]:
    """Return what holds for tasks that are due up to a day, that one too: late ones as well."""
    next_day = last + timedelta(days=1)
    midnight = datetime.combine(next_day, time(), tzinfo=zone or reader_zone()).astimezone(UTC)
    return or_(and_(~Task.is_timed, Task.due_at < _written(next_day)), and_(Task.is_timed, Task.due_at < midnight))


def _written(day: date) -> datetime:
    """Return where a day begins among the days that tasks without a time are written with: those are kept in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)
