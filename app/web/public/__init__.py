"""Pages for people without a login."""

from app.web.public.views import blueprint

__all__ = ["blueprint"]
