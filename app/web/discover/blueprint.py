"""The blueprint of the Discover area, and the size of what may be pasted into it."""

from typing import Any

from flask import Blueprint, request

from app.services.discover.requests import MAX_PASTED_CHARS

blueprint = Blueprint("discover", __name__, url_prefix="/p/<slug>/discover")


@blueprint.url_value_preprocessor
def take_long_lists(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let a pasted list through that Flask would cut off: three bytes a letter in an address, and room to refuse it."""
    request.max_form_memory_size = 4 * MAX_PASTED_CHARS
