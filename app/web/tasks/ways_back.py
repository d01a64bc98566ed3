"""Where one goes on after something was done with a task."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.models import Task
from app.services.plain_text import in_short
from app.web.auth.next_page import HOME, safe_next


def next_page(slug: str) -> str:
    """Return the page of this product that was asked for, else the list of tasks."""
    wanted = safe_next(request.values.get("next"))
    return url_for("tasks.index", slug=slug) if wanted == HOME else wanted


def lead_back(slug: str) -> Response:
    """Lead to that page."""
    return redirect(next_page(slug), 303)


def short(task: Task) -> str:
    """Return a task's words at a length that a message holds."""
    return in_short(task.title)
