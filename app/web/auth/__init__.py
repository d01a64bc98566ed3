"""The auth area: signing in and out, invitation and reset links, and a person's own account page."""

from app.web.auth import account, password_links, sign_in
from app.web.auth.blueprint import blueprint

__all__ = ["account", "blueprint", "password_links", "sign_in"]
