"""One's day and tasks in a real browser: by keyboard alone, by mouse, on a phone; light and dark for axe."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.models import Stage, Task, TaskState, User
from app.services.tasks import NewTask, complete_task, open_task
from tests.browser.hands import works
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]
TITLES = ("Call Nora", "Send the terms", "Ask for references")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def _person_with_a_day(theme: str = "light") -> User:
    with transaction() as session:
        user, theo = make_user(session, name="Mara Lindqvist", theme=theme), make_user(session, name="Theo Brandt")
        program = make_program(session, user, theo, slug="north")
        for number, title in enumerate(TITLES):
            prospect = make_prospect(session, program, f"kiln{number}.example")
            new = NewTask(program_id=program.id, title=title, assignee_id=user.id, prospect_id=prospect.id,
                          due_at=now() - timedelta(days=5 - number))  # fmt: skip
            open_task(session, new)
        slow = now() - timedelta(days=40)
        make_prospect(session, program, "slow.example", owner_id=user.id, stage=Stage.ENGAGED, stage_since_at=slow)
        return user


def _task(title: str) -> Task:
    with reading() as session:
        return session.scalars(select(Task).where(Task.title == title)).one()


def _row(page: Page, title: str) -> Locator:
    return page.locator("[data-row-link]", has_text=title)


def _ready(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("body[data-ready]")).to_be_attached()


@works(keys="today.page")
def test_a_day_is_worked_through_by_keyboard(live_server: str, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(_person_with_a_day())
    _ready(page, "/today")
    late = page.get_by_role("region", name="Overdue")
    page.keyboard.press("j")
    expect(_row(page, "Call Nora")).to_be_focused()
    page.keyboard.press("e")
    expect(_row(page, "Send the terms")).to_be_focused()
    expect(page.get_by_text("Done: Call Nora")).to_be_visible()
    expect(late.get_by_role("listitem")).to_have_count(2)
    expect(late.locator("[data-count]")).to_have_text("2")
    page.keyboard.press("u")
    expect(late.get_by_role("listitem")).to_have_count(3)
    expect(_row(page, "Send the terms")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Tomorrow").and_(page.locator(":focus"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It comes back on")).to_be_visible()
    expect(_row(page, "Ask for references")).to_be_focused()
    page.keyboard.press("a")
    page.locator("#give-to").select_option("Theo Brandt")
    page.get_by_role("button", name="Give", exact=True).press("Enter")
    expect(page.get_by_text("Theo Brandt has it now: Ask for references")).to_be_visible()
    expect(late.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of Today")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/prospects/"))


def test_a_row_comes_back_where_it_is_refused(live_server: str, sign_in_browser: SignIn) -> None:
    user = _person_with_a_day()
    page = sign_in_browser(user)
    _ready(page, "/today")
    with transaction() as session:
        complete_task(session, session.merge(_task("Call Nora")), actor=session.merge(user))
    seen: list[bool] = []

    def look(route: Route) -> None:
        seen.append(_row(page, "Call Nora").is_visible())
        route.continue_()

    page.route("**/done", look)
    page.get_by_role("button", name="Mark as done: Call Nora").click()
    expect(page.get_by_text("This task is closed already.")).to_be_visible()
    expect(_row(page, "Call Nora")).to_be_visible()
    expect(page.get_by_role("region", name="Overdue").locator("[data-count]")).to_have_text("3")
    assert seen == [False]


@works(mouse="today.page")
def test_the_last_row_leaves_the_way_on(live_server: str, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(_person_with_a_day())
    _ready(page, "/today")
    for title in TITLES:
        page.get_by_role("button", name=f"Mark as done: {title}").click()
    page.get_by_label("Later: Slow").click()
    page.get_by_role("button", name="Next week").click()
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    expect(page.get_by_role("link", name="To the board", exact=True)).to_be_visible()


@works(keys="tasks.index tasks.change_form")
def test_tasks_are_changed_by_keyboard_and_two_tabs_lose_nothing(live_server: str, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(_person_with_a_day())
    _ready(page, "/p/north/tasks")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    title = page.get_by_label("What is to be done").and_(page.locator("#dialog *"))
    title.fill("Write to Nora")
    with transaction() as session:
        session.merge(_task("Call Nora")).version += 1
    title.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("It is now: Call Nora")
    expect(title).to_have_value("Write to Nora")
    page.get_by_role("dialog").get_by_label("Due optional").fill("2031-02-03")
    page.get_by_role("dialog").get_by_label("At optional").fill("15:00")
    title.press("Enter")
    expect(page.get_by_text("Saved: Write to Nora")).to_be_visible()
    expect(page.get_by_text("Due 3 Feb 2031, 15:00")).to_be_visible()
    expect(page.locator("body[data-ready]")).to_be_attached()
    expect(page.get_by_label("Change: Write to Nora")).to_be_focused()
    page.keyboard.press("u")
    expect(page.get_by_text("As it was: Call Nora")).to_be_visible()
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_text("Done: Call Nora")).to_be_visible()
    assert _task("Call Nora").state is TaskState.DONE


def test_a_prospects_tasks_have_keys_once_one_is_in_them(live_server: str, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(_person_with_a_day())
    _ready(page, f"/p/north/prospects/{_task('Call Nora').prospect_id}")
    page.keyboard.press("d")
    expect(page.get_by_label("Change: Call Nora")).to_be_focused()
    page.keyboard.press("c")
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Removed: Call Nora")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Change: Call Nora")).to_be_visible()
    assert "/prospects/" in page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_readable_by_all_and_within_reach(
    live_server: str, sign_in_browser: SignIn, axe_violations: Axe, theme: str, size: dict[str, int]
) -> None:
    page = sign_in_browser(_person_with_a_day(theme))
    page.set_viewport_size(size)  # type: ignore[arg-type]
    for path, opener in (("/today", "Later: Call Nora"), ("/p/north/tasks", "Change: Call Nora")):
        _ready(page, path)
        assert axe_violations() == [], path
        page.get_by_label(opener).click()
        expect(page.locator("details.td-menu[open], dialog[open]")).to_be_visible()
        assert axe_violations() == [], opener
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.keyboard.press("Escape")
        if size is PHONE:
            targets = page.locator(".td-menu > summary, .td-give, .tk-open")
            boxes = [each.bounding_box() for each in targets.all()]
            assert boxes
            assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes), path
