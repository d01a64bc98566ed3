"""The inbox in a real browser, by keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import User
from tests.mail_world import mail_bytes, receive
from tests.outreach_world import make_contact
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]


def test_worked_through_by_keyboard_and_readable_by_all(
    live_server: str, sign_in_browser: SignIn, axe_violations: Axe
) -> None:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        for name in ("first", "second"):
            prospect = make_prospect(session, program, f"{name}.example")
            make_contact(session, prospect, f"ola@{name}.example")
            receive(session, mail_bytes(f"This is the {name}.", From=f"Ola <ola@{name}.example>"))
    page = sign_in_browser(user)
    page.goto(f"/p/{program.slug}/inbox")
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.keyboard.press("j")
    expect(page.locator(".ib-letter")).to_contain_text("This is the second.")
    expect(page.locator("body[data-ready]")).to_be_attached()
    assert axe_violations() == []
    page.keyboard.press("e")
    expect(page.locator(".ib-letter")).to_contain_text("This is the first.")
    expect(page.locator(".ib-row")).to_have_count(1)
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.keyboard.press("r")
    expect(page.locator(".ib-answer textarea")).to_be_focused()
