"""The blueprint of the applicants' pages, and how much of a request is read at all."""

from typing import Any

from flask import Blueprint, request

blueprint = Blueprint("apply", __name__)
# Twenty answers of 4,000 characters in four-byte letters, percent-encoded, and no more.
MAX_BODY_BYTES = 1024 * 1024
MAX_FORM_PARTS = 120


@blueprint.url_value_preprocessor
def bound_the_body(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Lower the limits before anything reads the form: this hook runs ahead of the check of its token."""
    request.max_content_length = MAX_BODY_BYTES
    request.max_form_parts = MAX_FORM_PARTS
