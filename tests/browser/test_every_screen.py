"""Every screen of the staff in a real browser, at a desk and on a phone: axe, keyboard, width, nothing that jumps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.db import transaction
from app.models import User
from tests.browser.looking import OPEN_ALL, WATCH_SHIFTS, keyboard_faults, shape_faults, wait_until_quiet
from tests.browser.screens import NO_SCREEN, addresses, staff_routes
from tests.filled_world import FilledWorld, make_filled_world

pytestmark = pytest.mark.slow
SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]


@pytest.fixture
def world(live_server: str) -> FilledWorld:
    with transaction() as session:
        return make_filled_world(session)


def test_what_is_no_screen_is_there_to_be_left_out() -> None:
    assert set(NO_SCREEN) <= {route.endpoint for route in staff_routes()}


# In the light at a desk and in the dark on a phone: each screen is seen in both themes and at both widths.
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("theme", "width", "height"), [("light", 1440, 900), ("dark", 390, 844)])
def test_every_screen(
    world: FilledWorld, sign_in_browser: SignIn, axe_violations: Axe, theme: str, width: int, height: int
) -> None:
    with transaction() as session:
        session.get_one(User, world.admin.id).theme = theme
    page = sign_in_browser(world.admin)
    page.set_viewport_size({"width": width, "height": height})
    page.add_init_script(WATCH_SHIFTS)
    faults: dict[str, list[str]] = {}
    for address in addresses(world):
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            faults[address] = [f"answers {answer.status if answer else 'nothing'}"]
            continue
        wait_until_quiet(page)
        if any(each.startswith("shifts") for each in shape_faults(page)):
            # A page that a busy machine painted in two goes is looked at once more.
            page.reload()
            wait_until_quiet(page)
        found = shape_faults(page) + keyboard_faults(page)
        page.evaluate(OPEN_ALL)
        # What stands half behind a bar that stays is small only until one scrolls.
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        if found := found + axe_violations():
            faults[address] = found
    assert faults == {}
