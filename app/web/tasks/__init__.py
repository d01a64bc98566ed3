"""The tasks area."""

from app.web.tasks.views import blueprint

__all__ = ["blueprint"]
