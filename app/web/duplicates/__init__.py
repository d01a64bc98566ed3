"""Companies that may be the same: the list, the side-by-side merge, and its undo."""

from app.web.duplicates import merging, views
from app.web.duplicates.blueprint import blueprint

__all__ = ["blueprint", "merging", "views"]
