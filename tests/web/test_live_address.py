"""The board asks about the chips on screen in an address, and web servers take no endless ones."""

import re
from pathlib import Path
from urllib.parse import quote

from app.queries.prospect_filter import MAX_CHARACTERS
from app.services.programs import MAX_SLUG
from app.whole_numbers import MAX_ID

SCRIPT = Path(__file__).resolve().parents[2] / "app/static/js/controllers/board-live.js"
# gunicorn's --limit-request-line, the smallest of the servers in use; ids of seven digits leave room for years.
MOST_BYTES = 4094
LARGE_ID = 9_999_999


def test_the_longest_question_about_chips_fits_one_request_line() -> None:
    found = re.search(r"\.slice\(0, (\d+)\)", SCRIPT.read_text(encoding="utf-8"))
    assert found is not None
    shown = quote(",".join([f"{LARGE_ID}:scoring"] * int(found[1])), safe="")
    filters = f"{'f' * MAX_CHARACTERS}&sort=next&view={MAX_ID}&since={MAX_ID}"
    slug = "s" * MAX_SLUG
    assert len(f"GET /p/{slug}/board/live?{filters}&shown={shown} HTTP/1.1\r\n") <= MOST_BYTES
