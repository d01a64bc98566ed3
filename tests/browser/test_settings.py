"""Settings in a real browser: by mouse and by keyboard alone, at a desk in the light, on a phone in the dark; axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import Role, User
from app.services.tags import tag_prospect
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]
ROOT = "/p/north"
LONG = "a-tag-of-forty-letters-without-one-break"
PATHS = (
    "/settings/roles", "/settings", f"{ROOT}/holidays?country=PL&year=2026", f"{ROOT}/settings/all", f"{ROOT}/reasons",
    f"{ROOT}/stages", f"{ROOT}/tags",
)  # fmt: skip


@pytest.fixture
def admin(live_server: str) -> User:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
        program = make_program(session, admin, slug="north", name="North")
        tag_prospect(session, make_prospect(session, program), ["Fashion", LONG], actor=admin)
        return admin


# The dark has the same parts in other colors: half of the pages show all of them.
@pytest.mark.parametrize(("theme", "width", "paths"), [("light", 1024, PATHS), ("dark", 390, PATHS[::2])])
def test_every_page_is_readable_by_all_and_none_scrolls_sideways(
    admin: User, sign_in_browser: SignIn, axe_violations: Axe, theme: str, width: int, paths: tuple[str, ...]
) -> None:
    with transaction() as session:
        session.get_one(User, admin.id).theme = theme
    page = sign_in_browser(admin)
    page.set_viewport_size({"width": width, "height": 844})
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert axe_violations() == [], path
    page.goto(f"{ROOT}/tags")
    page.get_by_role("link", name="Edit “Fashion”").click()
    expect(page.locator("body[data-ready]")).to_be_attached()
    assert axe_violations() == []


def test_by_mouse_in_a_low_window_that_scrolls_its_navigation_inside(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.set_viewport_size({"width": 1280, "height": 560})
    page.goto("/settings/roles")
    assert page.evaluate("document.documentElement.scrollHeight") == 560
    page.goto("/settings")
    expect(page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Settings")).to_be_in_viewport()
    expect(page.locator(".sb-user > summary")).to_be_in_viewport()
    page.get_by_role("main").get_by_role("link", name="North").click()
    page.get_by_role("main").get_by_role("navigation").get_by_role("link", name="Tags").click()
    page.get_by_role("link", name="Edit “Fashion”").click()
    page.get_by_label("Name", exact=True).fill("Apparel")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit “Apparel”")).to_be_visible()
    page.get_by_role("main").get_by_role("navigation").get_by_role("link", name="Holidays").click()
    page.get_by_label("Country", exact=True).first.fill("PL")
    page.get_by_label("Year", exact=True).fill("2026")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("button", name="Take out").first.click()
    expect(page.get_by_role("region", name="Days of our own").get_by_text("worked")).to_be_visible()


def test_reasons_and_stages_by_keyboard_alone(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto(f"{ROOT}/reasons")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("No shop of their own")
    page.keyboard.press("Enter")
    row = page.get_by_role("listitem").filter(has_text="No shop of their own")
    expect(row).to_be_visible()
    retire = row.get_by_role("button", name="Retire “No shop of their own”")
    retire.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Bring “No shop of their own” back")).to_be_visible()
    page.goto(f"{ROOT}/stages")
    page.get_by_label("Sourced").focus()
    page.keyboard.type("Found")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_be_visible()
    page.goto(f"{ROOT}/board?sort=rank")
    expect(page.get_by_role("heading", name="Found")).to_be_visible()
