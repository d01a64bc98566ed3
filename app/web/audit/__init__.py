"""The audit log: who did what, and whether anybody edited it."""

from app.web.audit.views import blueprint

__all__ = ["blueprint"]
