"""How the day of a task is written: with its time where it has one, as the reader's clock shows it."""

from datetime import date, datetime

from flask_login import current_user

from app.services import task_times
from app.web.filters import day
from app.web.tasks.blueprint import blueprint


@blueprint.app_template_filter("due_day")
def due_day(due_at: datetime, is_timed: bool = False) -> date | None:
    """Return the day something is due, in the reader's time zone where it has a time of day."""
    return task_times.due_day(due_at, current_user.zone, is_timed=is_timed)


@blueprint.app_template_filter("due_moment")
def due_moment(due_at: datetime | None, is_timed: bool = False) -> str:
    """Write when something is due: `22 Nov 2025`, or `22 Nov 2025, 14:05` in the reader's time zone."""
    if due_at is None or not is_timed:
        return day(due_at)
    there = due_at.astimezone(current_user.zone)
    return f"{day(there)}, {there:%H:%M}"
