"""Ids in addresses: `<int:…>` takes only numbers that a row can have."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

# PostgreSQL's integer; a larger number would be a fault in the database driver instead of a plain "not found".
MAX_ROW_ID = 2**31 - 1


class RowIdConverter(IntegerConverter):
    """An integer from 0 to MAX_ROW_ID; everything else is an address that does not exist."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        """Add the upper bound where a route gives none."""
        super().__init__(url_map, *args, **({"max": MAX_ROW_ID} | options))


def register_row_ids(app: Flask) -> None:
    """Use the converter for every `<int:…>` of routes that are registered from here on."""
    app.url_map.converters["int"] = RowIdConverter
