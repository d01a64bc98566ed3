"""The partner portal: what somebody of a partner sees and does behind a mailed link, without a login."""

from app.web.portal import care, entry, keeping, pages, people, steps
from app.web.portal.blueprint import blueprint

__all__ = ["blueprint", "care", "entry", "keeping", "pages", "people", "steps"]
