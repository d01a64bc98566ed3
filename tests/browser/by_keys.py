"""Working a page by its keys alone, as somebody without a mouse does: from one stop of Tab to the next."""

from playwright.sync_api import Locator, Page

_MOST_STOPS = 150
_IS_ACTIVE = "each => each === document.activeElement"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the control has the focus. Fails where that many stops do not lead there."""
    target.wait_for()
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate(_IS_ACTIVE):
            return
    raise AssertionError(f"Tab does not lead to {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Go to a control with Tab and press a key on it."""
    tab_to(page, target)
    page.keyboard.press(key)


def write(page: Page, target: Locator, words: str) -> None:
    """Go to a field with Tab, which selects what stands in it, and type over that."""
    tab_to(page, target)
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
