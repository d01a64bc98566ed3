"""Every action on the prospect page by a key of its own; the list of keys names what this person can do here."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import Membership, Role, User
from tests.prospect_world import Worked, make_worked_prospect
from tests.world import make_user

SignIn = Callable[[User], Page]


@pytest.fixture
def world(live_server: str) -> Worked:
    with transaction() as session:
        return make_worked_prospect(session)


@pytest.fixture
def opened(world: Worked, sign_in_browser: SignIn) -> Page:
    page = sign_in_browser(world.user)
    page.goto(f"/p/{world.program.slug}/prospects/{world.prospect.id}")
    page.wait_for_selector("body[data-ready]")
    return page


def test_each_part_is_reached_by_its_key(opened: Page) -> None:
    keys = opened.keyboard
    keys.press("o")
    expect(opened.locator("#owner")).to_be_focused()
    opened.locator("h1").click()
    keys.press("a")
    expect(opened.locator("#task-title")).to_be_focused()
    keys.type("Call Ada")
    keys.press("Enter")
    expect(opened.locator("#tasks .tk-title")).to_have_text("Call Ada")
    opened.wait_for_selector("body[data-ready]")
    keys.press("c")
    expect(opened.locator("#contacts .pr-add [name=name]")).to_be_focused()
    opened.locator("h1").click()
    keys.press("h")
    expect(opened.locator(".pr-group a").first).to_be_focused()
    opened.locator(".pr-group a", has_text="Owner, tasks").click()
    opened.wait_for_url("**?show=changes#activity")
    expect(opened.locator("#entries")).to_contain_text("Task: Call Ada")
    expect(opened.locator("#entries .pr-entry-note")).to_have_count(0)


def test_the_commands_know_the_prospect_on_screen(opened: Page, axe_violations: Callable[[], list[str]]) -> None:
    keys, palette = opened.keyboard, opened.locator("#palette")
    keys.press("Control+k")
    here = palette.get_by_role("group", name="On this page")
    expect(here.get_by_role("option").first).to_be_visible()
    keys.type("give it")
    expect(here.get_by_role("option")).to_have_text([re.compile("Give it to somebody")])
    assert axe_violations() == []
    while palette.locator("[aria-selected=true]").get_attribute("id") != "palette-key-o":
        keys.press("ArrowDown")
    keys.press("Enter")
    expect(palette).to_be_hidden()
    expect(opened.locator("#owner")).to_be_focused()
    opened.locator("h1").click()
    keys.press("Control+k")
    keys.type("open the application")
    expect(palette.locator("[data-said]")).to_be_attached()
    expect(here).to_have_count(0)
    palette.locator("input").fill("write a note")
    here.get_by_role("option", name="Write a note").click()
    expect(opened.locator("#note-body, .pr-composer textarea").first).to_be_focused()


def test_the_list_of_keys_is_of_this_page_and_person(opened: Page, world: Worked, sign_in_browser: SignIn) -> None:
    opened.keyboard.press("?")
    dialog = opened.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("Give it to somebody")).to_be_visible()
    expect(dialog.get_by_text("Open the application")).to_be_hidden()
    opened.keyboard.press("Escape")
    opened.context.clear_cookies()
    with transaction() as session:
        reader = make_user(session, Role.DATA_ANALYST)
        session.add(Membership(user_id=reader.id, program_id=world.program.id))
    page = sign_in_browser(reader)
    page.goto(f"/p/{world.program.slug}/prospects/{world.prospect.id}")
    page.wait_for_selector("body[data-ready]")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts").get_by_text("Give it to somebody")).to_be_hidden()


def test_a_contact_says_how_sure_it_is(opened: Page, axe_violations: Callable[[], list[str]]) -> None:
    expect(opened.locator("#contacts .pr-sure").first).to_contain_text("from a list, not verified")
    assert opened.locator("#contacts .pr-sure").first.get_attribute("title")
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        opened.reload()
        opened.wait_for_selector("body[data-ready]")
        assert axe_violations() == []
