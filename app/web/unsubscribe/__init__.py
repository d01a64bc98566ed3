"""The page behind the link under every mail, for people without a login."""

from app.web.unsubscribe.views import blueprint

__all__ = ["blueprint"]
