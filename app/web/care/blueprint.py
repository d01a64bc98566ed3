"""The blueprint of looking after partners, and what its pages share."""

from flask import Blueprint, request

from app.whole_numbers import row_number

blueprint = Blueprint("care", __name__, url_prefix="/p/<slug>/care")


def number_sent(name: str) -> int | None:
    """Return a number that a form sent, None for what is no number a row can have."""
    return row_number(request.form.get(name, ""))
