"""Help in place: a few plain sentences on each screen, the pages of the documentation, and a tour of the product."""

from app.web.guide import tour, views
from app.web.guide.blueprint import blueprint
from app.web.guide.context import register_guide

__all__ = ["blueprint", "register_guide", "tour", "views"]
