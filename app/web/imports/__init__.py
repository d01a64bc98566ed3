"""The imports area: upload, dry run, import, and what became of the prospects."""

from app.web.imports import actions, downloads, mapping
from app.web.imports.views import blueprint

__all__ = ["actions", "blueprint", "downloads", "mapping"]
