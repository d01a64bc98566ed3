"""The board asks about the chips on screen in an address, and web servers take no endless ones."""

import re
from pathlib import Path
from urllib.parse import quote

from app.services.programs import MAX_SLUG
from app.web.board.filters import MAX_ID, MAX_TEXT_LENGTH

SCRIPT = Path(__file__).resolve().parents[2] / "app/static/js/controllers/board-live.js"
# gunicorn's --limit-request-line, the smallest of the servers in use; ids of seven digits leave room for years.
MOST_BYTES = 4094
LARGE_ID = 9_999_999


def test_the_longest_question_about_chips_fits_one_request_line() -> None:
    found = re.search(r"\.slice\(0, (\d+)\)", SCRIPT.read_text(encoding="utf-8"))
    assert found is not None
    shown = quote(",".join([f"{LARGE_ID}:scoring"] * int(found[1])), safe="")
    filters = f"owner={MAX_ID}&min=100&max=100&fit=no_evidence&sort=fit&q={'a' * MAX_TEXT_LENGTH}"
    slug = "s" * MAX_SLUG
    assert len(f"GET /p/{slug}/board/live?{filters}&shown={shown} HTTP/1.1\r\n") <= MOST_BYTES
