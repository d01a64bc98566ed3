"""The partner portal: what somebody of a partner sees and does behind a mailed link or a password of their own."""

from app.web.portal import care, entry, keeping, pages, people, sign_in, signed_in, speaking, steps
from app.web.portal.blueprint import blueprint

__all__ = ["blueprint", "care", "entry", "keeping", "pages", "people", "sign_in", "signed_in", "speaking", "steps"]
