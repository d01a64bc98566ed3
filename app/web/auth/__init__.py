"""The auth area."""

from app.web.auth.views import blueprint

__all__ = ["blueprint"]
