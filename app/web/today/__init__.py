"""Today: one person's day over all their programs, as a page, a calendar and a mail in the morning."""

from app.web.today import rows, views
from app.web.today.blueprint import blueprint

__all__ = ["blueprint", "rows", "views"]
