"""Migration waves in a real browser: planned, looked at and sent by keyboard alone; moved and marked by mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.db import reading, transaction
from app.models import Role, User
from app.models.wave import Wave, WavePartner
from tests.browser.by_keys import press, write
from tests.wave_world import make_plan, make_terms, make_wave_partner
from tests.world import make_program, make_user

SignIn = Callable[[User], Page]


@pytest.fixture
def director(live_server: str) -> User:
    with transaction() as session:
        director = make_user(session, Role.DIRECTOR)
        program = make_program(session, director, slug="north")
        make_plan(session, program, currency="USD")
        make_terms(session, program)
        for revenue in (9_000, 500):
            make_wave_partner(session, program, revenue=revenue)
        return director


def test_a_wave_is_planned_and_sent_by_keyboard_alone(director: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(director)
    page.goto("/p/north/waves")
    press(page, page.get_by_role("link", name="2 partners without a wave: plan them"))
    write(page, page.get_by_label("Partners a week"), "5")
    page.keyboard.press("Enter")
    press(page, page.locator(".wv-week > summary").first)
    press(page, page.get_by_role("button", name="Plan like this"))
    page.locator("[data-toast]").wait_for()
    with reading() as session:
        wave = session.query(Wave).one()
    page.goto(f"/p/north/waves/{wave.id}")
    press(page, page.get_by_role("button", name="Send 2 invitations"))
    expect(page.get_by_text("Nobody is left to invite.")).to_be_visible()
    with reading() as session:
        assert {each.status.value for each in session.query(WavePartner)} == {"invited"}


def test_partners_are_found_and_a_status_is_set_by_mouse(director: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(director)
    page.goto("/p/north/waves/partners")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("New status").select_option("lost")
    page.get_by_role("button", name="Set status…").click()
    page.get_by_role("button", name="Change those ticked").click()
    page.get_by_role("button", name="Undo").wait_for()
    with reading() as session:
        assert [each.status.value for each in session.query(WavePartner)].count("lost") == 1
    page.goto("/p/north/waves/settings")
    page.get_by_label("Where they come from").fill("NewStack")
    page.get_by_role("main").get_by_role("button", name="Save").click()
    page.locator("[data-toast]").wait_for()
    page.goto("/p/north/waves/settings")
    expect(page.get_by_label("Where they come from")).to_have_value("NewStack")
