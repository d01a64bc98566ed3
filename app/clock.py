"""The one place that reads the clock, so that tests can move time and nobody meets a naive datetime."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in UTC."""
    return now().date()
