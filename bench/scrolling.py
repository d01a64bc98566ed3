"""Measure in Chromium what a person feels of a full board: the weight of the first load and long tasks while scrolling.

    python -m bench.scrolling                           100,000 prospects, 60,000 of them in the first column
    python -m bench.scrolling --prospects 20000 --seconds 20

The web server runs as `./run` starts it. The first column is scrolled to its end again and again, the way a person
turns the wheel, so that card after card is loaded; the browser itself reports each task that kept it for over 50 ms.
Needs Chromium, as the browser tests do.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from app import db
from app.db import transaction
from app.models import User
from app.services.passwords import hash_password
from bench.apply import free_port, web_server
from bench.board import begin, grow, open_app
from bench.stack import running_stack
from tests.browser.conftest import ARGUMENTS, find_chromium

PASSWORD = "only-for-measuring-a-board"
FIRST_LOAD_KB = 250
LONGEST_TASK_MS = 100
WATCH = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((each) => each.duration)))
    .observe({ type: "longtask", buffered: false });
}"""
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, each) => sum + each.encodedBodySize, 0)"""


def main() -> int:
    """Fill a database, open the board, scroll, print; exit 1 where a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prospects", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), host_map={}) as stack:
        begin(open_app(stack.environment["DATABASE_URL"], Path(folder)))
        grow(range(1, options.prospects + 1))
        with transaction() as session:
            session.scalars(select(User)).one().password_hash = hash_password(PASSWORD)
        db.dispose()
        port = free_port()
        with web_server(stack, port), sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
            signed_in = browser.new_context()
            address = f"http://127.0.0.1:{port}"
            _sign_in(signed_in.new_page(), address)
            # Another profile with the same session: nothing of the page is in its cache yet.
            fresh = browser.new_context(
                storage_state=signed_in.storage_state(), viewport={"width": 1440, "height": 900}
            )
            holds = _measure(fresh.new_page(), address, options.seconds)
            browser.close()
    return 0 if holds else 1


def _measure(page: Page, address: str, seconds: int) -> bool:
    page.goto(f"{address}/p/bench/board", wait_until="networkidle")
    weight_kb = page.evaluate(WEIGHT) / 1000
    page.evaluate(WATCH)
    column = page.locator(".sb-cards").first
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        column.hover()
        page.mouse.wheel(0, 2_000)
        page.wait_for_timeout(120)
    cards = column.locator(".sb-card").count()
    tasks: list[Any] = sorted(page.evaluate("() => window.longTasks"), reverse=True)
    longest = tasks[0] if tasks else 0
    print(f"first load {weight_kb:.0f} kB compressed (target {FIRST_LOAD_KB})")
    print(f"{cards:,} cards on screen after {seconds} s of scrolling")
    print(f"tasks over 50 ms: {len(tasks)}, the longest took {longest:.0f} ms (target {LONGEST_TASK_MS})")
    return weight_kb <= FIRST_LOAD_KB and longest <= LONGEST_TASK_MS


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("E-mail").fill("bench@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("form", has=page.get_by_label("Password", exact=True)).get_by_role("button").first.click()
    page.wait_for_url(lambda url: "/login" not in url)


if __name__ == "__main__":
    raise SystemExit(main())
