"""Adding by address, the bookmark, and the search in a real browser, by keyboard alone and by mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.db import reading, transaction
from app.models import Prospect, User
from tests.browser.by_keys import press, tab_to, write
from tests.browser.hands import works
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]


@pytest.fixture
def person(live_server: str) -> User:
    with transaction() as session:
        person = make_user(session)
        make_prospect(session, make_program(session, person, slug="north", name="North"), "meridian.com")
        return person


@works(keys="adding.page")
def test_two_of_three_addresses_are_added_by_keyboard_alone(person: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(person)
    page.goto("/add")
    expect(page.get_by_label("Addresses of companies’ sites")).to_be_focused()
    page.keyboard.type("kiln-studio.com meridian.com/about harbor-works.com")
    press(page, page.get_by_role("button", name="See what is known"))
    expect(page.get_by_text("Already known as Meridian")).to_be_visible()
    press(page, page.get_by_role("button", name="Add 2 prospects to North"))
    expect(page.get_by_text("2 prospects added; their sites are being read now.")).to_be_visible()
    with reading() as session:
        assert session.query(Prospect).count() == 3


@works(mouse="adding.page")
def test_the_bookmark_brings_an_address_here_and_the_mouse_adds_it(person: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(person)
    page.goto("/add")
    page.get_by_role("link", name="Bookmark for your browser").click()
    drag = page.get_by_role("link", name="Add to Scoutboard")
    expect(drag).to_have_attribute("href", page.get_by_label("Without dragging").input_value())
    drag.click()
    assert page.url.endswith("/add/bookmark")
    # What the bookmark opens; the site itself is not on this machine.
    page.goto("/add?url=https://kiln-studio.com/about")
    page.get_by_role("button", name="Add 1 prospect to North").click()
    expect(page.get_by_text("Added. Its site is being read now.")).to_be_visible()


@works(keys="search.page", mouse="search.page")
def test_a_mistyped_name_is_found_by_keyboard_alone_and_by_mouse(person: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(person)
    page.goto("/search")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("meridain")
    page.keyboard.press("Enter")
    found = page.get_by_role("main").get_by_role("link", name="Meridian")
    press(page, found)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Meridian")
    page.go_back()
    page.get_by_role("navigation", name="What to search").get_by_role("link").nth(1).click()
    page.get_by_role("main").get_by_role("link", name="Meridian").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Meridian")
    page.goto("/search?q=zzzzzz")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    write(page, page.get_by_role("searchbox"), "m")
    tab_to(page, page.get_by_role("main").get_by_role("button", name="Search"))
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Type two letters or more")).to_be_visible()
