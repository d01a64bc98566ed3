"""The Discover area: look through a source, choose among its companies, name competitors, add one by its address."""

from app.web.discover import actions, adding, competitors, views
from app.web.discover.blueprint import blueprint

__all__ = ["actions", "adding", "blueprint", "competitors", "views"]
