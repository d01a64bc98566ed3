"""The table: rows of prospects with columns one chooses, edited in their place, ticked for bulk work, exported."""

from app.web.table import cells, country, exports, live, views
from app.web.table.blueprint import blueprint

__all__ = ["blueprint", "cells", "country", "exports", "live", "views"]
