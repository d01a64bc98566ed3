"""What a person chooses for themselves."""

from app.web.preferences.views import blueprint

__all__ = ["blueprint"]
