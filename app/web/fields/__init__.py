"""The fields a program adds to its prospects: their settings, and filling them on a prospect's page."""

from app.web.fields import filling, views
from app.web.fields.blueprint import blueprint

__all__ = ["blueprint", "filling", "views"]
