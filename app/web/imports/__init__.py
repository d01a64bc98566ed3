"""The imports area."""

from app.web.imports.views import blueprint

__all__ = ["blueprint"]
