"""The programs area: programs, members, fit profiles."""

from app.web.programs import members, preview, profile, versions, views
from app.web.programs.blueprint import blueprint

__all__ = ["blueprint", "members", "preview", "profile", "versions", "views"]
