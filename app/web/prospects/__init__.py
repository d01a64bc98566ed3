"""The prospects area."""

from app.web.prospects import actions, erasing
from app.web.prospects.views import blueprint

__all__ = ["actions", "blueprint", "erasing"]
