"""The prospects area."""

from app.web.prospects import actions, contacts, erasing, files
from app.web.prospects.views import blueprint

__all__ = ["actions", "blueprint", "contacts", "erasing", "files"]
