"""The workspace's own settings in a real browser, by keyboard alone and by mouse: people, tokens, who gets no mail,
sites that are not read, the audit log, one's own account."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Program, Role, Suppression, User
from app.models.api_token import ApiToken
from app.services.optouts import opt_out_site
from tests.browser.by_keys import press, tab_to, write
from tests.browser.hands import works
from tests.world import make_program, make_user

SignIn = Callable[[User], Page]


@pytest.fixture
def admin(live_server: str) -> User:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN, name="Ada Lark")
        make_program(session, admin, slug="north", name="North")
        make_user(session, Role.ASSOCIATE, name="Bo Winter")
        return admin


def _row(model: type[User] | type[ApiToken] | type[Suppression], **values: str) -> object:
    with reading() as session:
        return session.scalars(select(model).filter_by(**values)).one_or_none()


@works(keys="people.people people.invite people.person")
def test_somebody_is_invited_and_a_role_changed_by_keyboard_alone(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/settings/people")
    press(page, page.get_by_role("link", name="Invite a person"))
    write(page, page.get_by_label("E-mail"), "cleo@example.com")
    tab_to(page, page.get_by_role("radio", name="Recruitment specialist"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Account manager")).to_be_checked()
    press(page, page.get_by_role("checkbox", name="North"), "Space")
    press(page, page.get_by_role("button", name="Invite"))
    expect(page.get_by_role("heading", name="cleo@example.com is invited")).to_be_visible()
    expect(page.get_by_label("Invitation link for cleo@example.com")).to_have_value(re.compile("/invitation/."))
    press(page, page.get_by_role("link", name="Bo Winter"))
    tab_to(page, page.get_by_role("radio", name="Associate"))
    page.keyboard.press("ArrowDown")
    press(page, page.get_by_role("main").get_by_role("button", name="Save"))
    expect(page.get_by_text("Bo Winter is saved.")).to_be_visible()
    with reading() as session:
        assert session.scalars(select(User.role).where(User.name == "Bo Winter")).one() is Role.DATA_ANALYST


@works(mouse="people.people people.person")
def test_an_account_is_closed_and_opened_by_mouse(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/settings/people")
    page.get_by_role("link", name="Bo Winter").click()
    page.get_by_role("button", name="Deactivate the account").click()
    expect(page.get_by_text("This account is deactivated.")).to_be_visible()
    page.get_by_role("button", name="Open the account again").click()
    expect(page.get_by_role("button", name="Deactivate the account")).to_be_visible()


@works(keys="tokens.tokens")
def test_a_token_is_made_and_revoked_by_keyboard_alone(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/settings/tokens")
    write(page, page.get_by_label("What will use it?"), "Nightly results")
    press(page, page.get_by_role("checkbox").first, "Space")
    press(page, page.get_by_role("button", name="Make the token"))
    expect(page.get_by_label("Token for Nightly results")).to_have_value(re.compile("^sbt_."))
    press(page, page.get_by_text("Revoke…"))
    press(page, page.get_by_role("button", name="Revoke “Nightly results”"))
    expect(page.get_by_text("whatever uses it is refused from now on")).to_be_visible()
    expect(page.get_by_text("Revoke…")).to_have_count(0)


@works(mouse="tokens.tokens")
def test_a_token_that_says_too_little_is_refused_and_made_by_mouse(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/settings/tokens")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text("Say what will use it.")).to_be_visible()
    page.get_by_label("What will use it?").fill("Shop")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("In", exact=True).select_option("North")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_label("Token for Shop")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Token for Shop")).to_have_count(0)


def test_an_address_gets_no_mail_and_then_may_by_keyboard_alone(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/suppressions")
    write(page, page.get_by_label("Address or domain"), "Ola@Agency.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("ola@agency.example gets no mail from now on.")).to_be_visible()
    write(page, page.get_by_label("Search the list"), "agency")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name="Lift ola@agency.example"))
    write(page, page.get_by_label("Why may it be mailed again?"), "Asked for it on the phone.")
    press(page, page.get_by_role("button", name="Lift it"))
    expect(page.get_by_text("may be mailed again")).to_be_visible()
    assert _row(Suppression, value="ola@agency.example") is None


def test_a_list_of_opt_outs_is_imported_and_taken_back_by_mouse(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/suppressions")
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("Or paste addresses and domains").fill("left@agency.example\nquiet.example\nnonsense")
    page.get_by_role("button", name="Check the list").click()
    page.get_by_role("button", name="Add 2 entries").click()
    expect(page.get_by_text("quiet.example", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="The list is empty")).to_be_visible()


def test_a_site_may_be_read_again_and_the_log_says_so(admin: User, sign_in_browser: SignIn) -> None:
    with transaction() as session:
        opt_out_site(session, "hushed.example", actor_id=admin.id)
    page = sign_in_browser(admin)
    page.goto("/settings/opt-outs")
    press(page, page.get_by_text("May be read again…"))
    write(page, page.get_by_label("Who asked for it, and when?"), "Their owner, by mail.")
    press(page, page.get_by_role("button", name="Read hushed.example again"))
    expect(page.get_by_text("hushed.example may be read again.")).to_be_visible()
    page.goto("/settings/audit")
    write(page, page.get_by_label("Words"), "opt_out_revoked")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("select[name=person]").select_option("Ada Lark")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_text("details").first.click()
    expect(page.locator("details[open] pre").first).to_be_visible()


def test_ones_own_name_theme_and_language(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/account")
    write(page, page.get_by_label("Name"), "Ada L.")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_have_value("Ada L.")
    press(page, page.locator(".sb-user > summary"))
    press(page, page.get_by_role("button", name="Dark"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator(".sb-user > summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    with reading() as session:
        assert session.get_one(User, admin.id).theme == "dark"
        assert session.scalars(select(Program)).one().slug == "north"
