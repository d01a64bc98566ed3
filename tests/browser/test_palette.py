"""⌘K by keyboard alone: find, choose, open; a command; and nothing for axe to find in light and dark."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import User
from tests.world import make_program, make_prospect, make_user


def test_search_and_commands_by_keyboard(
    sign_in_browser: Callable[[User], Page], axe_violations: Callable[[], list[str]]
) -> None:
    with transaction() as session:
        person = make_user(session)
        program = make_program(session, person)
        prospect = make_prospect(session, program, "northwind.example")
        make_prospect(session, program, "southbridge.example")
        path = f"/p/{program.slug}/prospects/{prospect.id}"
    page = sign_in_browser(person)
    page.goto(f"/p/{program.slug}/board")
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search or give a command")
    expect(field).to_be_focused()
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_contain_text("Add prospects by address")
    page.keyboard.type("nortwind")
    chosen = page.locator("#palette").get_by_role("option", selected=True)
    expect(chosen).to_contain_text("similar name")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    expect(page.locator("#palette [role=status]")).to_have_text("1 result")
    assert axe_violations() == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_contain_text(
        "northwind.example"
    )  # seen last
    field.fill("dark theme")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Control+k")
    # Enter before the answer is there opens what the answer has on top, never what stood there before.
    field.fill("southbridge")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/prospects/" in address and not address.endswith(path))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Southbridge")
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_be_visible()
    assert axe_violations() == []
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
