"""The prospects area."""

from app.web.prospects import actions
from app.web.prospects.views import blueprint

__all__ = ["actions", "blueprint"]
