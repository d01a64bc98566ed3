"""Where a list on a page begins."""

from flask import request

from app.whole_numbers import row_number

# Farther than anybody pages, and no more than a database skips in a moment.
_MAX_START = 100_000


def start_of_list() -> int:
    """Return where the list on a page begins, as its address says; nonsense is the beginning."""
    return min(row_number(request.args.get("start", ""), 0), _MAX_START)
