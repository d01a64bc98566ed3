"""Looking after partners in a real browser: goals, reviews, cases, broadcasts; by keyboard alone and by mouse."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.clock import today
from app.db import reading, transaction
from app.models import Broadcast, CadenceRule, CaseState, ComplianceCase, Goal, Role, User
from tests.browser.by_keys import press, tab_to, write
from tests.browser.hands import works
from tests.onboarding_world import make_partner
from tests.world import make_program, make_user

SignIn = Callable[[User], Page]
NEXT_YEAR = today() + timedelta(days=365)


@dataclass(frozen=True, slots=True)
class World:
    """An account manager, and the addresses of their one partner's pages."""

    manager: User
    keeping: str
    care: str


@pytest.fixture
def world(live_server: str) -> World:
    with transaction() as session:
        manager = make_user(session, Role.ACCOUNT_MANAGER, name="Joanna Wilk")
        program = make_program(session, manager, slug="north")
        partnership, _person = make_partner(session, program, None, account_manager_id=manager.id)
        number = partnership.id
    return World(manager, f"/p/north/partners/{number}", f"/p/north/care/partners/{number}")


@works(keys="keeping.partner keeping.review")
def test_a_goal_and_a_review_by_keyboard_alone(world: World, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(world.manager)
    page.goto(world.keeping)
    write(page, page.get_by_label("What is counted"), "Signed shops")
    write(page, page.get_by_label("To", exact=True), "40")
    tab_to(page, page.get_by_label("By", exact=True))
    # A date field takes its parts one after the other, in the order of the browser's language.
    page.keyboard.type(f"{NEXT_YEAR:%m%d%Y}")
    press(page, page.get_by_role("button", name="Agree", exact=True))
    expect(page.locator("#goals")).to_contain_text("Signed shops")
    press(page, page.get_by_text("Report a value"))
    write(page, page.get_by_label("Value", exact=True), "12")
    page.keyboard.press("Enter")
    expect(page.locator(".kp-figures")).to_contain_text("12 of 40")
    press(page, page.get_by_role("button", name="Plan", exact=True))
    write(page, page.get_by_label("Decisions"), "A webinar in spring")
    write(page, page.get_by_label("Summary for the partner"), "You are ahead of the line.")
    press(page, page.get_by_role("button", name="Save and finish"))
    press(page, page.get_by_role("button", name="Share the summary"))
    expect(page.get_by_role("button", name="Take it off their page")).to_be_visible()
    with reading() as session:
        assert session.query(Goal).one().kpi == "Signed shops"


@works(mouse="keeping.partner keeping.cadence")
def test_a_goal_is_put_away_and_taken_up_and_a_rhythm_set_by_mouse(world: World, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(world.manager)
    page.goto(world.keeping)
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(page.locator("#goals .sb-error").first).to_be_visible()
    page.get_by_label("What is counted").fill("Booked demos")
    page.get_by_label("To", exact=True).fill("10")
    page.get_by_label("By", exact=True).fill(NEXT_YEAR.isoformat())
    page.get_by_role("button", name="Agree", exact=True).click()
    page.get_by_role("button", name="Put away").click()
    page.get_by_role("button", name="Take up again").click()
    expect(page.get_by_role("button", name="Put away")).to_be_visible()
    page.goto("/p/north/partners/cadence")
    page.get_by_label("Days", exact=True).fill("45")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("every 45 days")).to_be_visible()
    with reading() as session:
        assert session.query(CadenceRule).one().days == 45


def test_a_case_is_opened_told_and_closed_by_keyboard_alone(world: World, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(world.manager)
    page.goto(world.care)
    press(page, page.get_by_role("link", name="Open one"))
    press(page, page.get_by_role("radio").first, "Space")
    write(page, page.get_by_label("What it says there"), "Guaranteed results")
    write(page, page.get_by_label("What they have to change"), "Take it off.")
    press(page, page.get_by_role("button", name="Open the case"))
    press(page, page.get_by_text("Tell the partner…"))
    press(page, page.get_by_role("checkbox", name="I told them another way: no mail"), "Space")
    press(page, page.get_by_role("button", name="Tell them", exact=True))
    press(page, page.get_by_text("Close…"))
    write(page, page.get_by_label("How it ended"), "They took it off.")
    press(page, page.get_by_role("button", name="Resolved"))
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    with reading() as session:
        assert session.query(ComplianceCase).one().state is CaseState.RESOLVED


def test_a_month_and_something_together_are_written_down_by_mouse(world: World, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(world.manager)
    page.goto(world.care)
    page.locator("#joint").get_by_text("Plan something").click()
    page.get_by_label("What", exact=True).fill("Webinar about offers")
    page.get_by_label("Day", exact=True).fill(NEXT_YEAR.isoformat())
    page.get_by_role("button", name="Plan it").click()
    page.locator("#joint").get_by_text("Done…").click()
    page.get_by_label("What came of it").fill("Twelve watched.")
    page.locator("#joint details[open]").get_by_role("button").click()
    expect(page.locator("#joint")).to_contain_text("Twelve watched.")
    page.locator("#tags").get_by_role("textbox").fill("dach")
    page.locator("#tags").get_by_role("button").click()
    expect(page.locator(".pr-head-meta")).to_contain_text("dach")


def test_a_broadcast_is_looked_at_and_sent_by_keyboard_alone(world: World, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(world.manager)
    page.goto("/p/north/care/broadcasts")
    press(page, page.get_by_role("link", name="New broadcast").first)
    write(page, page.get_by_label("Subject"), "Spring is near")
    write(page, page.get_by_label("Mail", exact=True), "Two new offers wait for you.")
    press(page, page.get_by_role("button", name="Look who gets it"))
    expect(page.get_by_role("heading", name="Get it 1")).to_be_visible()
    press(page, page.get_by_role("button", name="Send to 1 person"))
    expect(page.get_by_role("heading", name="Spring is near")).to_be_visible()
    with reading() as session:
        assert session.query(Broadcast).one().sent_at is not None
