"""The one place that reads the clock, so that tests can move time and nobody meets a naive datetime."""

from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo

_reader_zone: ContextVar[tzinfo] = ContextVar("reader_zone", default=UTC)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in UTC."""
    return now().date()


def choose_zone(zone: tzinfo) -> None:
    """Say where whoever reads from here on lives."""
    _reader_zone.set(zone)


def reader_zone() -> tzinfo:
    """Return the time zone of whoever reads; UTC where nobody does, as in jobs."""
    return _reader_zone.get()


def today_in(zone: tzinfo) -> date:
    """Return today's date in a zone."""
    return now().astimezone(zone).date()
