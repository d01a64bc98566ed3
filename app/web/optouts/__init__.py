"""Sites we stay away from, for admins."""

from app.web.optouts.views import blueprint

__all__ = ["blueprint"]
