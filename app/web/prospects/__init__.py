"""The prospects area."""

from app.web.prospects.views import blueprint

__all__ = ["blueprint"]
