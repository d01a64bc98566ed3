"""The inbox in a real browser, by keyboard alone and by mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import User
from tests.browser.by_keys import press
from tests.browser.hands import works
from tests.mail_world import mail_bytes, receive
from tests.outreach_world import make_contact
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]


@works(keys="inbox.index inbox.mail")
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


@works(mouse="inbox.index inbox.mail")
def test_what_nobody_sent_is_matched_put_off_and_marked_by_mouse(
    live_server: str, sign_in_browser: SignIn, axe_violations: Axe
) -> None:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        make_contact(session, make_prospect(session, program, "kiln.example"), "ola@kiln.example")
        mail = receive(session, mail_bytes("Is there more to read?", From="Max <max@elsewhere.example>"))
        mail.program_id = program.id
    page = sign_in_browser(user)
    page.goto(f"/p/{program.slug}/inbox")
    expect(page.get_by_role("heading", name="Nothing to answer")).to_be_visible()
    page.get_by_role("navigation", name="Which mail").get_by_role("link", name="Triage").click()
    page.locator(".ib-link").click()
    page.get_by_label("Domain", exact=False).fill("nowhere.example")
    page.get_by_role("button", name="Match").click()
    expect(page.locator(".sb-error")).to_be_visible()
    assert axe_violations() == []
    page.get_by_label("Domain", exact=False).fill("kiln.example")
    page.get_by_role("button", name="Match").click()
    expect(page.get_by_role("complementary", name="The prospect")).to_contain_text("Kiln")
    page.get_by_text("Mark", exact=True).click()
    page.get_by_role("button", name="Interested").click()
    expect(page.locator(".ib-row")).to_contain_text("interested")


def test_put_off_and_brought_back_by_keyboard_alone(live_server: str, sign_in_browser: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        make_contact(session, make_prospect(session, program, "kiln.example"), "ola@kiln.example")
        receive(session, mail_bytes("Ask me again in spring.", From="Ola <ola@kiln.example>"))
    page = sign_in_browser(user)
    page.goto(f"/p/{program.slug}/inbox")
    page.locator("body[data-ready]").wait_for()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys of the inbox")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator(".ib-letter")).to_contain_text("Ask me again in spring.")
    page.locator("body[data-ready]").wait_for()
    page.keyboard.press("s")
    press(page, page.get_by_role("button", name="Snooze"))
    expect(page.get_by_role("heading", name="Nothing to answer")).to_be_visible()
    press(page, page.get_by_role("navigation", name="Which mail").get_by_role("link", name="Snoozed"))
    press(page, page.locator(".ib-link"))
    expect(page.locator(".ib-letter")).to_contain_text("Ask me again in spring.")
    back = page.get_by_role("button", name="Back to do")
    press(page, back)
    expect(back).to_have_count(0)
    page.wait_for_load_state()
    page.goto(f"/p/{program.slug}/inbox")
    expect(page.locator(".ib-row")).to_have_count(1)
