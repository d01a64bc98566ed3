"""What stands before a mail in a real browser: senders, and the rules of outreach."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.models import CountryRule, Role, Sender, User
from tests.browser.by_keys import press, tab_to, write
from tests.world import make_program, make_user

SignIn = Callable[[User], Page]


@pytest.fixture
def director(live_server: str) -> User:
    with transaction() as session:
        director = make_user(session, Role.DIRECTOR)
        make_program(session, director, slug="north", name="North")
        return director


def test_a_sender_is_added_by_keyboard_alone_and_paused_by_mouse(director: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(director)
    page.goto("/p/north/outreach/senders")
    press(page, page.get_by_role("link", name="Add a sender"))
    write(page, page.get_by_label("Name", exact=True), "Theo Brandvold")
    write(page, page.get_by_label("Address", exact=True), "theo@mail.example")
    write(page, page.get_by_label("Postal address"), "12 Harbor Street, Portland")
    press(page, page.get_by_role("button", name="Add sender"))
    expect(page.get_by_role("heading", name="Who it is")).to_be_visible()
    page.locator(".or-pause > summary").click()
    page.get_by_label("Why").fill("On holiday")
    page.locator(".or-pause").get_by_role("button", name="Pause").click()
    expect(page.get_by_role("main")).to_contain_text("On holiday")
    page.get_by_role("button", name="Let it send again").click()
    expect(page.locator(".or-pause > summary")).to_be_visible()
    with reading() as session:
        assert session.scalars(select(Sender.address)).one() == "theo@mail.example"


def test_a_country_is_allowed_by_keyboard_alone_and_the_days_set_by_mouse(
    director: User, sign_in_browser: SignIn
) -> None:
    page = sign_in_browser(director)
    page.goto("/p/north/outreach/rules")
    tab_to(page, page.get_by_label("Country"))
    page.keyboard.type("Poland")
    press(page, page.get_by_role("checkbox", name="We may write first to people there"), "Space")
    write(page, page.get_by_label("On what ground"), "Legitimate interest")
    press(page, page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("region", name="Countries")).to_contain_text("Poland")
    page.get_by_label("Days without a mail").fill("14")
    page.get_by_role("button", name="Save the days").click()
    expect(page.get_by_label("Days without a mail")).to_have_value("14")
    with reading() as session:
        assert session.scalars(select(CountryRule.country)).one() == "PL"
