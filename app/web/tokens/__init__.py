"""API tokens: an admin makes them, sees who uses them, and ends them."""

from app.web.tokens.views import blueprint

__all__ = ["blueprint"]
