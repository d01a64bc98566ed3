"""Bulk work: asking what to do with many prospects, its preview, its progress, cancel and undo."""

from app.web.bulk import views
from app.web.bulk.blueprint import blueprint

__all__ = ["blueprint", "views"]
