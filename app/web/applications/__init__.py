"""The review queue: applications that wait for an answer, one beside its evidence, and the decision."""

from app.web.applications import bulk, opinions, rules, views
from app.web.applications.blueprint import blueprint

__all__ = ["blueprint", "bulk", "opinions", "rules", "views"]
