"""The programs area."""

from app.web.programs.views import blueprint

__all__ = ["blueprint"]
