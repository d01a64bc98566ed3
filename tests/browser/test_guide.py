"""Help and tour in a real browser: on a phone in the dark by keyboard, where the card covers nothing; help pages."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import User
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]
COVERED = """() => {
  const card = document.getElementById("tour").getBoundingClientRect();
  return [...document.querySelectorAll(".sb-page, .sb-side > *, .sb-nav")]
    .map(each => [each.className, each.getBoundingClientRect()])
    .filter(([, box]) => box.height && box.bottom > card.top + 8 && box.top < card.bottom - 8)
    .map(([name]) => name);
}"""  # eight pixels are left for the card on its way in


def _person() -> User:
    with transaction() as session:
        person = make_user(session, theme="dark")
        program = make_program(session, person, slug="north")
        for number in range(6):
            make_prospect(session, program, f"shop-{number}.example")
        return person


def test_the_tour_on_a_phone_covers_nothing_and_goes_by_keys(
    live_server: str, sign_in_browser: SignIn, axe_violations: Axe
) -> None:
    page = sign_in_browser(_person())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/p/north/board?sort=rank")
    page.locator(".gd-help > summary").click()
    assert axe_violations() == []
    page.get_by_role("button", name="Show me around").click()
    for title in ("Everybody on one board", "A score that explains itself"):
        expect(page.get_by_role("heading", name=title)).to_be_focused()
        assert page.evaluate(COVERED) == []
        assert page.evaluate("document.documentElement.scrollHeight") == 844
        assert axe_violations() == []
        page.keyboard.press("ArrowRight")
    # This program has no sequence yet: the tour goes on from the screen they will be on.
    expect(page.get_by_role("button", name="Go on with the tour, 3 of 6")).to_be_visible()
    page.get_by_role("button", name="Close the tour").click()
    expect(page.locator("#tour")).to_have_count(0)


def test_the_documentation_reads_well_at_a_desk(live_server: str, sign_in_browser: SignIn, axe_violations: Axe) -> None:
    page = sign_in_browser(_person())
    page.goto("/today")
    page.locator(".gd-help > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/**")
    expect(page.get_by_role("navigation", name="Documentation")).to_be_visible()
    assert axe_violations() == []
