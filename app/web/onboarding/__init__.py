"""Onboarding for our own people: the home of an account manager, a partner's page, the templates."""

from app.web.onboarding import home, partner, steps, templates, updates
from app.web.onboarding.blueprint import blueprint

__all__ = ["blueprint", "home", "partner", "steps", "templates", "updates"]
