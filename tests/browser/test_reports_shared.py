"""Reports in a real browser: narrowed by keyboard alone, shared and had by mail by mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.db import reading, transaction
from app.models import Stage, User
from app.models.report_mail import ReportMail
from tests.browser.by_keys import press, tab_to
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]


@pytest.fixture
def person(live_server: str) -> User:
    with transaction() as session:
        person = make_user(session, name="Ann Bell")
        program = make_program(session, person, slug="north")
        for stage in (Stage.SOURCED, Stage.CONTACTED, Stage.CONTACTED, Stage.ENGAGED):
            make_prospect(session, program, stage=stage, owner_id=person.id)
        return person


def test_narrowed_and_read_by_keyboard_alone(person: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(person)
    page.goto("/p/north/reports/funnel?period=all")
    expect(page.locator(".rp-bars li").first).to_contain_text("4")
    # A table that is wider than the page is scrolled by keys.
    tab_to(page, page.locator(".rp-scroll").first)
    owner = page.locator("select[name=owner]")
    tab_to(page, owner)
    page.keyboard.type("Nobody")
    press(page, page.get_by_role("button", name="Show"))
    expect(owner).to_have_value("none")
    expect(page.get_by_role("link", name="Losses")).to_be_visible()
    press(page, page.get_by_role("navigation", name="Reports").get_by_role("link").nth(1))
    expect(page.get_by_role("navigation", name="Reports").locator("[aria-current]")).to_have_count(1)


def test_shared_in_ones_own_language_and_had_by_mail_by_mouse(person: User, sign_in_browser: SignIn) -> None:
    person.language = "de"
    page = sign_in_browser(person)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/p/north/reports/funnel?period=30&owner=me")
    button = page.locator("[data-copy]")
    button.click()
    expect(button).to_have_text("Kopiert")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.partition("/p/")[2].startswith("north/reports/funnel?")
    assert "owner=me" in link
    page.locator(".rp-mail > summary").click()
    page.locator(".rp-mail-form input[value=monthly]").check()
    page.locator(".rp-mail-form button").click()
    expect(page.locator("[data-toast]")).to_contain_text(person.email)
    with reading() as session:
        assert session.query(ReportMail).one().rhythm.value == "monthly"
