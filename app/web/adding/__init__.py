"""Adding prospects by the addresses of their sites, from a field, from ⌘K, or from a bookmark in the browser."""

from app.web.adding import views
from app.web.adding.blueprint import blueprint

__all__ = ["blueprint", "views"]
