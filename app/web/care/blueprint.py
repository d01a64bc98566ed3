"""The blueprint of looking after partners, and what its pages share."""

from flask import Blueprint, request

from app.web.row_id import MAX_ROW_ID

blueprint = Blueprint("care", __name__, url_prefix="/p/<slug>/care")
_MAX_START = 100_000


def start_of_list() -> int:
    """Return where the list on a page begins, as its address says; nonsense is the beginning."""
    start = request.args.get("start", "0")
    return min(int(start), _MAX_START) if start.isdecimal() and len(start) < 8 else 0


def number_sent(name: str) -> int | None:
    """Return a number that a form sent, None for what is no number a row can have."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= MAX_ROW_ID else None
