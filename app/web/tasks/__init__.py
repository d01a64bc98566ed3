"""The tasks area."""

from app.web.tasks import changing, due, views
from app.web.tasks.blueprint import blueprint

__all__ = ["blueprint", "changing", "due", "views"]
