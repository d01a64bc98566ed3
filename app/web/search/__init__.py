"""The search area: the page that works for everybody, and the list that ⌘K shows while somebody types."""

from app.web.search import views
from app.web.search.blueprint import blueprint

__all__ = ["blueprint", "views"]
