"""The programs area: programs, members, fit profiles."""

from app.web.programs import members, preview, profile, suggestions, versions, views
from app.web.programs.blueprint import blueprint

__all__ = ["blueprint", "members", "preview", "profile", "suggestions", "versions", "views"]
