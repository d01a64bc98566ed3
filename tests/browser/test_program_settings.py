"""A program's own settings in a real browser: fields and assignment rules, by keyboard alone and by mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Company, Role, User
from app.models.assignment import AssignmentRule
from app.models.custom_field import CustomField
from tests.browser.by_keys import press, tab_to, write
from tests.browser.hands import works
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]


@pytest.fixture
def admin(live_server: str) -> User:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN, name="Ada Lark")
        program = make_program(session, admin, make_user(session, name="Bo Winter"), slug="north", name="North")
        for number in range(3):
            prospect = make_prospect(session, program, f"shop-{number}.example")
            session.get_one(Company, prospect.company_id).country = "PL" if number else "DE"
        return admin


def test_a_rule_is_tried_and_saved_by_keyboard_alone(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/p/north/assignment")
    press(page, page.get_by_role("link", name="Add the first rule"))
    write(page, page.get_by_label("Name", exact=True), "Poland")
    write(page, page.get_by_label("Country"), "PL")
    press(page, page.get_by_role("checkbox", name="Bo Winter"), "Space")
    press(page, page.get_by_role("button", name="Try it"))
    expect(page.get_by_role("heading", name="Dry run: nothing is saved yet")).to_be_visible()
    expect(page.get_by_text("Bo Winter would have got").locator("xpath=..").get_by_role("definition")).to_have_text("2")
    with reading() as session:
        assert session.scalars(select(AssignmentRule)).all() == []
    press(page, page.get_by_role("button", name="Save"))
    expect(page.locator(".st-rules")).to_contain_text("Poland")
    with reading() as session:
        assert session.scalars(select(AssignmentRule)).one().is_on


def test_who_gets_the_rest_is_chosen_and_given_out_by_mouse(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/p/north/assignment")
    page.get_by_role("link", name="Choose who gets it").click()
    page.get_by_role("checkbox", name="Ada Lark").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("What no rule gives goes to Ada Lark")).to_be_visible()
    page.get_by_role("button", name="Give them out").click()
    expect(page.get_by_text("3 of 3 prospects")).to_be_visible()


@works(keys="fields.index fields.change")
def test_a_field_is_added_and_changed_by_keyboard_alone(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/p/north/fields")
    write(page, page.get_by_label("Name", exact=True), "Clients")
    tab_to(page, page.get_by_label("Kind", exact=True))
    page.keyboard.type("Number")
    press(page, page.get_by_role("button", name="Add field"))
    press(page, page.get_by_role("link", name="Clients"))
    write(page, page.get_by_label("Name", exact=True), "Shops they look after")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Shops they look after")).to_be_visible()
    with reading() as session:
        assert session.scalars(select(CustomField)).one().kind.value == "number"


@works(mouse="fields.index")
def test_fields_are_put_in_order_and_away_by_mouse(admin: User, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(admin)
    page.goto("/p/north/fields")
    for name in ("First", "Second"):
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Add field").click()
        expect(page.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("button", name="Move “Second” up").click()
    expect(page.locator(".cf-list > li").first).to_contain_text("Second")
    page.get_by_role("button", name="Archive “First”").click()
    expect(page.get_by_role("button", name="Bring back")).to_be_visible()
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_role("link", name="First")).to_be_visible()
