"""Where the mail provider posts: events about mail we sent, and mail that people sent us."""

from app.web.webhooks.views import blueprint

__all__ = ["blueprint"]
