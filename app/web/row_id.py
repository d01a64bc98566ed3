"""Ids in addresses: `<int:…>` takes only numbers that a row can have."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from app.whole_numbers import MAX_ID


class RowIdConverter(IntegerConverter):
    """An integer from 0 to MAX_ID; everything else is an address that does not exist."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        """Add the upper bound where a route gives none."""
        super().__init__(url_map, *args, **({"max": MAX_ID} | options))


def register_row_ids(app: Flask) -> None:
    """Use the converter for every `<int:…>` of routes that are registered from here on."""
    app.url_map.converters["int"] = RowIdConverter
