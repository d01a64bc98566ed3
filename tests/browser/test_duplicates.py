"""Duplicates in a real browser: found, compared, merged and parted again, by keyboard alone and by mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Company, Prospect, User
from tests.browser.by_keys import press, tab_to
from tests.browser.hands import works
from tests.merge_world import Pair, make_pair

SignIn = Callable[[User], Page]


def _pair() -> Pair:
    with transaction() as session:
        pair = make_pair(session)
        for company_id, name in zip(pair.company_ids, ("Northwind", "North Wind Ltd"), strict=True):
            session.get_one(Company, company_id).name = name
        return pair


def _names(pair: Pair) -> list[str]:
    """Return the names of the companies that are prospects of the program now."""
    with reading() as session:
        query = select(Company.name).join(Prospect, Prospect.company_id == Company.id).order_by(Company.id)
        return list(session.scalars(query.where(Prospect.program_id == pair.program.id)))


@works(keys="duplicates.compare duplicates.index")
def test_merged_and_parted_by_keyboard_alone(live_server: str, sign_in_browser: SignIn) -> None:
    pair = _pair()
    page = sign_in_browser(pair.actor)
    page.goto(f"/p/{pair.program.slug}/duplicates")
    press(page, page.get_by_role("button", name="Look for duplicates"))
    press(page, page.get_by_role("link", name="Compare Northwind and North Wind Ltd"))
    name = page.get_by_role("radio", name="Northwind", exact=True)
    tab_to(page, name)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="North Wind Ltd")).to_be_checked()
    press(page, page.get_by_role("button", name="Merge into Northwind"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("North Wind Ltd")
    assert _names(pair) == ["North Wind Ltd"]
    page.goto(f"/p/{pair.program.slug}/duplicates")
    press(page, page.get_by_role("main").get_by_role("button", name="Undo"))
    expect(page.get_by_text("They are two companies again.")).to_be_visible()
    assert _names(pair) == ["Northwind", "North Wind Ltd"]


@works(mouse="duplicates.compare duplicates.index")
def test_turned_down_taken_up_and_merged_the_other_way_by_mouse(live_server: str, sign_in_browser: SignIn) -> None:
    pair = _pair()
    page = sign_in_browser(pair.actor)
    page.goto(f"/p/{pair.program.slug}/duplicates")
    page.get_by_role("button", name="Look for duplicates").click()
    page.get_by_role("button", name="Not a duplicate").click()
    expect(page.get_by_role("heading", name="No duplicates known")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("link", name="Keep the other one").click()
    page.get_by_role("button", name="Merge into North Wind Ltd").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("North Wind Ltd")
    assert _names(pair) == ["North Wind Ltd"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("They are two companies again.")).to_be_visible()
    assert _names(pair) == ["Northwind", "North Wind Ltd"]
