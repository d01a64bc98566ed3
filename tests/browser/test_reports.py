"""Reports in a real browser: days of one's own and the list of periods never say different things; axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import Role, User
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]
PAGES = (
    "/p/north/reports/migration", "/p/north/reports/automation", "/p/north/work-minutes", "/settings/erase",
    "/settings/everything",
)  # fmt: skip


@pytest.fixture
def admin(live_server: str) -> User:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
        program = make_program(session, admin, slug="north", name="North")
        make_program(session, admin, name="South")
        make_prospect(session, program, source="Łódź fair")
        return admin


def test_a_typed_day_makes_the_period_ones_own_and_a_period_takes_it_out(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/p/north/reports/funnel")
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.get_by_label("First day").fill("2026-01-05")
    expect(page.get_by_label("Period")).to_have_value("own")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_text("since 2026-01-05")).to_be_visible()
    expect(page.locator("body[data-ready]")).to_be_attached()
    expect(page.get_by_label("Period")).to_have_value("own")
    page.get_by_label("Period").select_option("30")
    expect(page.get_by_label("First day")).to_have_value("")
    page.locator("select[name=program]").select_option("all")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_text("North, South")).to_be_visible()
    page.get_by_role("link", name="Losses").click()
    page.wait_for_url("**/losses?*")
    assert "period=30" in page.url
    assert "program=all" in page.url


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_they_are_readable_by_all_and_scroll_no_way_sideways(
    admin: User, sign_in_browser: SignIn, axe_violations: Axe, theme: str, width: int
) -> None:
    with transaction() as session:
        session.get_one(User, admin.id).theme = theme
    page = sign_in_browser(admin)
    page.set_viewport_size({"width": width, "height": 844})
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert axe_violations() == [], path
