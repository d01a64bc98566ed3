"""The outbox area: the product's own mail, for admins."""

from app.web.outbox.views import blueprint

__all__ = ["blueprint"]
