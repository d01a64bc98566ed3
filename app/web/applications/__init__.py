"""The review queue: applications that wait for an answer, one beside its evidence, and the decision."""

from app.web.applications.views import blueprint

__all__ = ["blueprint"]
