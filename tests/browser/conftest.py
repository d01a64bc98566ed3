"""Fixtures for tests that drive Debian's Chromium: the browser, a live product, a page that tells on itself.

Without Chromium these tests are skipped with the reason; `SCOUTBOARD_REQUIRE_BROWSER=1` makes that a failure, so that
a machine that must run them cannot pass by not having it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app import db, dispatch
from app.config import Settings
from app.db import transaction
from app.extensions import limiter
from app.factory import create_app
from app.models import User
from app.services.passwords import hash_password
from tests.browser.hands import Record, said_by
from tests.filled_world import FilledWorld, make_filled_world

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The shell is the same engine without a desktop's browser around it: it takes two thirds of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What a page needs is there at once on a quiet machine; a busy one must not fail a test.
expect.set_options(timeout=20_000)
# Only the faults travel: what axe found in order is a thousand times as long. The styles are not fetched once more
# either, which one rule would like: whether they lock how a phone is held. Ours say nothing of that.
FAULTS = """async only => {
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"], preload: false});
  return found.violations.flatMap(fault => fault.nodes.map(node => `${fault.id}: ${fault.help} at ${node.target}`));
}"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOR_RULES = ["color-contrast", "link-in-text-block"]
PASSWORD = "correct-horse-battery-staple"
ARGUMENTS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that nobody forgets to; what a page does is the same on any database."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.any_servers)


def _unavailable(reason: str) -> None:
    if os.environ.get("SCOUTBOARD_REQUIRE_BROWSER") == "1":
        pytest.fail(f"SCOUTBOARD_REQUIRE_BROWSER=1, but {reason}")
    pytest.skip(reason)


def find_chromium() -> str:
    """Return the path of Chromium: SCOUTBOARD_CHROMIUM, else the first one on PATH, else an empty text."""
    named = os.environ.get("SCOUTBOARD_CHROMIUM", "")
    return named or next(filter(None, map(shutil.which, NAMES)), "")


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """The Playwright driver of this test process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests of this process; each test gets a profile of its own through `page`."""
    path = find_chromium()
    if not path:
        _unavailable("Chromium is not on this machine (on Debian and Ubuntu: apt install chromium)")
    try:
        launched = playwright_driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
    except Error as error:
        _unavailable(f"Chromium at {path} does not start: {error.message.splitlines()[0]}")
        raise
    yield launched
    launched.close()


@pytest.fixture
def live_app(settings: Settings) -> Iterator[Flask]:
    """A whole app with its CSRF protection and content policy on, without a queue server or limits on sign-in."""
    flask_app = create_app(settings)
    limiter.enabled = False
    yield flask_app
    limiter.enabled = True
    db.dispose()
    dispatch.dispose()


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave out a line per file: it would bury what a failing test has to say."""


def _answered_whole(flask_app: Flask) -> Callable[[dict[str, Any], Any], list[bytes]]:
    """Read each answer to its end and close it before it is sent: werkzeug's server leaves a static file open when the
    browser hangs up in the middle of it, and an open file fails the test that runs when it is collected."""

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        parts = flask_app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


@pytest.fixture
def live_server(live_app: Flask) -> Iterator[str]:
    """Return the address of the product, served on loopback by this process."""
    server = make_server("127.0.0.1", 0, _answered_whole(live_app), threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, live_app: Flask, live_server: str) -> Iterator[Page]:
    """A fresh page at desktop size. The test fails when a script fails, when the content policy blocks something, and
    when it does not work on the screens that it says it works on."""
    context = browser.new_context(base_url=live_server, viewport={"width": 1280, "height": 800}, locale="en-US")
    context.set_default_timeout(30_000)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    opened.on("console", lambda message: _note_console(message.type, message.text, faults))
    said = said_by(request.node)
    record = Record(live_app, context, opened) if said else None
    yield opened
    if record:
        faults += [f"nothing was done on {screen} by {hand}" for screen, hand in sorted(said - record.worked)]
    context.close()
    assert not faults, "the browser and what it saw:\n" + "\n".join(faults)


# What a browser and htmx write without a fault: a status or a broken line that a test provokes on purpose and asserts
# itself, and a request that was under way when the test went to another page.
_HARMLESS = (
    "Failed to load resource: the server responded with a status of 4",
    "Failed to load resource: net::ERR_FAILED",  # what aborting a route writes; a server that is gone is refused
    "htmx:afterRequest,",
    "htmx:sendAbort,",
    "htmx:sendError,",
)


def _note_console(kind: str, text: str, faults: list[str]) -> None:
    if kind == "error" and not text.startswith(_HARMLESS):
        faults.append(f"console: {text}")


@pytest.fixture
def filled_world(live_server: str) -> FilledWorld:
    """The demo with a row of every kind."""
    with transaction() as session:
        return make_filled_world(session)


@pytest.fixture
def sign_in_browser(page: Page, live_server: str) -> Callable[[User], Page]:
    """Return a function that signs a person in through the form, as they would, and returns the page."""

    def sign_in(user: User) -> Page:
        with transaction() as session:
            session.merge(user).password_hash = hash_password(PASSWORD)
        page.goto(f"{live_server}/login")
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.locator("form", has=page.get_by_label("Password", exact=True)).get_by_role("button").first.click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    return sign_in


class FindFaults(Protocol):
    """What `axe_violations` returns."""

    def __call__(self, *, colors_only: bool = False) -> list[str]:
        """Name the faults of the page as it is now, or only those of its colors, in a third of the time."""


@pytest.fixture
def axe_violations(page: Page) -> FindFaults:
    """Return a function that names the WCAG 2.2 AA faults that axe finds on the page as it is now."""
    if not AXE.exists():
        _unavailable("node_modules/axe-core is missing; ./run test fetches it")
    source = AXE.read_text(encoding="utf-8")

    def find(*, colors_only: bool = False) -> list[str]:
        # Handed in by the debugger, which the content policy does not bind; a script tag would rightly be blocked.
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        faults: list[str] = page.evaluate(FAULTS, COLOR_RULES if colors_only else TAGS)
        return faults

    return find
