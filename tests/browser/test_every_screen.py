"""Every screen of the staff in a real browser, in both themes at three widths: axe, keyboard, nothing that jumps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.db import transaction
from app.models import User
from tests.browser.conftest import FindFaults
from tests.browser.looking import (
    OPEN_ALL,
    WATCH_SHIFTS,
    keyboard_faults,
    looks,
    resize,
    shape_faults,
    shift_faults,
    wait_until_quiet,
    wear,
)
from tests.browser.screens import NO_SCREEN, addresses, staff_routes
from tests.filled_world import FilledWorld

pytestmark = pytest.mark.slow
SignIn = Callable[[User], Page]
Size = tuple[int, int]
DESK: list[Size] = [(1440, 900), (1024, 768)]
PHONE: list[Size] = [(390, 844)]


def test_what_is_no_screen_is_there_to_be_left_out() -> None:
    assert set(NO_SCREEN) <= {route.endpoint for route in staff_routes()}


# Each screen is loaded twice, in the light at a desk and in the dark on a phone; the rest is done where it stands.
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("themes", "sizes"), [(["light", "dark"], DESK), (["dark", "light"], PHONE)], ids=["desk", "phone"]
)
def test_every_screen(
    filled_world: FilledWorld, sign_in_browser: SignIn, axe_violations: FindFaults, themes: list[str], sizes: list[Size]
) -> None:
    with transaction() as session:
        session.get_one(User, filled_world.admin.id).theme = themes[0]
    page = sign_in_browser(filled_world.admin)
    page.add_init_script(WATCH_SHIFTS)
    faults: dict[str, list[str]] = {}
    for address in addresses(filled_world):
        resize(page, *sizes[0])
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            faults[address] = [f"answers {answer.status if answer else 'nothing'}"]
            continue
        wait_until_quiet(page)
        if shift_faults(page):
            # A page that a busy machine painted in two goes is looked at once more.
            page.reload()
            wait_until_quiet(page)
        found = shift_faults(page) + keyboard_faults(page)
        page.evaluate(OPEN_ALL)
        if found := found + _faults_worn(page, axe_violations, themes, sizes):
            faults[address] = found
    assert not faults, "\n".join(f"{address}: {fault}" for address, found in faults.items() for fault in found)


def _faults_worn(page: Page, axe_violations: FindFaults, themes: list[str], sizes: list[Size]) -> list[str]:
    """Return what is wrong with a page that is open, at each size and in each theme; the last ones stay on."""
    found: list[str] = []
    seen: set[str] = set()
    for size in sizes:
        resize(page, *size)
        # What stands half behind a bar that stays is small only until one scrolls.
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        wrong = shape_faults(page)
        for theme in themes:
            wear(page, theme)
            markup, colors = looks(page)
            if markup not in seen:
                wrong += [f"{theme}: {fault}" for fault in axe_violations()]
            elif colors not in seen:
                wrong += [f"{theme}: {fault}" for fault in axe_violations(colors_only=True)]
            seen |= {markup, colors}
        found += [f"at {size[0]}, {fault}" for fault in wrong]
    return found
