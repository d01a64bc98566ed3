"""One walk for two people: one who has only a keyboard, and one who has a mouse and writes with the keyboard.

A walk is written once, against a hand, and runs with each. What a test works on it says with `works` or `by_each_hand`;
`page` looks whether that is true, and `test_every_screen_is_worked` whether any screen is left out.
"""

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.browser.by_keys import press, tab_to, write

HANDS = ("keys", "mouse")


class Hand(Protocol):
    """How somebody works a page."""

    def press(self, target: Locator) -> None:
        """Press a button, follow a link, or unfold what is folded."""

    def tick(self, target: Locator) -> None:
        """Tick a box, or take it out."""

    def pick(self, target: Locator, label: str) -> None:
        """Pick a choice of a list by its label."""

    def write(self, target: Locator, words: str) -> None:
        """Write words over what stands in a field."""


class _AtPage:
    def __init__(self, page: Page) -> None:
        self.page = page

    def on(self, target: Locator) -> Locator:
        """Return what is to be worked, once its page listens: before that a link leads away and opens no dialog. A page
        for people outside has no controllers to wait for."""
        target.wait_for()
        self.page.locator("body[data-ready], body:not([data-controller])").wait_for(state="attached")
        return target


class Keys(_AtPage):
    """Nothing but the keyboard: from one stop of Tab to the next."""

    def press(self, target: Locator) -> None:
        press(self.page, self.on(target))

    def tick(self, target: Locator) -> None:
        press(self.page, self.on(target), "Space")

    def pick(self, target: Locator, label: str) -> None:
        tab_to(self.page, self.on(target))
        self.page.keyboard.type(label)

    def write(self, target: Locator, words: str) -> None:
        write(self.page, self.on(target), words)


class Mouse(_AtPage):
    """A mouse for everything but words."""

    def press(self, target: Locator) -> None:
        self.on(target).click()

    def tick(self, target: Locator) -> None:
        self.on(target).click()

    def pick(self, target: Locator, label: str) -> None:
        self.on(target).select_option(label=label)

    def write(self, target: Locator, words: str) -> None:
        self.on(target).click()
        target.fill(words)


def works(*, keys: str = "", mouse: str = "") -> pytest.MarkDecorator:
    """Say which screens a test works on by each hand: names of endpoints with blanks between them."""
    return pytest.mark.works(keys=keys.split(), mouse=mouse.split())


def by_each_hand(screens: str) -> Callable[[Any], Any]:
    """Run a walk once with each hand, as its argument `hand`, and say which screens it works on."""
    each_hand = pytest.mark.parametrize("hand", [Keys, Mouse], ids=HANDS)
    mark = works(keys=screens, mouse=screens)
    return lambda walk: each_hand(mark(walk))


def said_by(test: pytest.Item) -> set[tuple[str, str]]:
    """Return the screens that a test says it works on, each with the hand it says it has there."""
    mark = test.get_closest_marker("works")
    if mark is None:
        return set()
    callspec = getattr(test, "callspec", None)
    only = {Keys: "keys", Mouse: "mouse"}.get(callspec.params.get("hand")) if callspec else None
    return {(screen, hand) for hand in HANDS for screen in mark.kwargs[hand] if only in (None, hand)}


# A press of Tab alone is on the way to somewhere.
_TELL = """
for (const [event, hand] of [["keydown", "keys"], ["mousedown", "mouse"]]) {
  addEventListener(event, pressed => {
    if (pressed.isTrusted && pressed.key !== "Tab") console.debug(`worked by ${hand}`);
  }, true);
}
"""


class Record:
    """Which screens were worked on in a test, and by which hand: what the browser itself saw pressed."""

    def __init__(self, flask_app: Flask, context: BrowserContext, page: Page) -> None:
        self._routes = flask_app.url_map.bind("")
        self._open: set[str] = set()
        self.worked: set[tuple[str, str]] = set()
        context.add_init_script(_TELL)
        page.on("request", self._note_request)
        page.on("console", self._note_pressed)

    def _note_request(self, request: Request) -> None:
        if request.is_navigation_request():
            self._open = {self._endpoint(request)}
        elif request.resource_type in ("xhr", "fetch"):
            # A form in a dialog or in a row: it is worked on where it was opened.
            self._open.add(self._endpoint(request))

    def _endpoint(self, request: Request) -> str:
        try:
            return str(self._routes.match(urlsplit(request.url).path, method=request.method)[0])
        except (HTTPException, RequestRedirect):
            return ""

    def _note_pressed(self, message: ConsoleMessage) -> None:
        if message.text.startswith("worked by "):
            self.worked |= {(screen, message.text.removeprefix("worked by ")) for screen in self._open}
