"""Keeping partners: the list of all, a partner's goals and reviews, resources, how often to be in touch."""

from app.web.keeping import cadence, goals, home, resources, reviews
from app.web.keeping.blueprint import blueprint

__all__ = ["blueprint", "cadence", "goals", "home", "resources", "reviews"]
