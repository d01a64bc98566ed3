"""The suppression list: who must not be mailed, and why."""

from app.web.suppressions.views import blueprint

__all__ = ["blueprint"]
