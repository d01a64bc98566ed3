"""The front door: where `/` leads, and whether the house stands."""

from app.web.home.views import blueprint

__all__ = ["blueprint"]
