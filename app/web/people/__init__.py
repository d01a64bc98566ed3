"""The people area: accounts and invitations, for admins."""

from app.web.people.views import blueprint

__all__ = ["blueprint"]
