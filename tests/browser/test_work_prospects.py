"""Filters, views, lists that come in and what a prospect's page leads to, by keyboard alone and by mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading
from app.models import ContactValue, Discovery, ImportBatch, Prospect, Task, TaskState, User
from app.models.view import SavedView
from tests.browser.hands import Hand, by_each_hand
from tests.filled_world import FilledWorld

SignIn = Callable[[User], Page]
ROOT = "/p/afterglow-partners"


@by_each_hand("board.filter_form table.filter_form pipelines.filter_form")
def test_each_list_is_narrowed_by_what_stands_behind_filter(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by = hand(page)
    for path in (f"{ROOT}/board", f"{ROOT}/table", "/pipelines"):
        page.goto(path)
        page.locator("body[data-ready]").wait_for()
        by.press(page.get_by_role("main").get_by_role("link", name="Filter"))
        dialog = page.get_by_role("dialog")
        by.write(dialog.get_by_label("Days in stage, at most"), "3650")
        by.press(dialog.get_by_role("button", name="Show"))
        page.wait_for_url("**days_max=3650**")


@by_each_hand("board.new_view board.saved_views board.view_form board.stage")
def test_a_view_is_kept_called_otherwise_and_copied(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by = hand(page)
    page.goto(f"{ROOT}/views/new")
    by.write(page.get_by_label("Name", exact=True), "Quiet ones")
    by.press(page.get_by_role("button", name="Save view"))
    page.locator("[data-toast]").wait_for()
    page.goto(f"{ROOT}/views")
    by.press(page.get_by_role("link", name="Edit Quiet ones"))
    by.write(page.get_by_label("Name", exact=True), "The quiet ones")
    by.press(page.get_by_role("button", name="Save", exact=True))
    page.get_by_text("“The quiet ones” was changed.").wait_for()
    page.goto(f"{ROOT}/views")
    by.press(page.get_by_role("button", name="Copy The quiet ones"))
    page.locator("[data-toast]").wait_for()
    page.goto(f"{ROOT}/board/declined")
    by.press(page.get_by_role("link", name="Dormant"))
    page.wait_for_url("**/board/dormant")
    with reading() as session:
        names = session.scalars(select(SavedView.name)).all()
        assert len([each for each in names if "he quiet ones" in each]) == 2


@by_each_hand("discover.index discover.add_page imports.index imports.show bulk.index bulk.show adding.bookmark")
def test_companies_come_in_and_what_was_done_to_many_is_looked_up(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/discover")
    by.write(page.get_by_label("Paste links"), "Acme Studio https://acme.example/x")
    by.press(page.get_by_role("button", name="Find companies"))
    expect(page.get_by_role("button", name="Add 1 prospect")).to_be_enabled()
    page.goto(f"{ROOT}/discover/add")
    by.write(page.get_by_label("Address of the company's site"), "bolt-works.com")
    by.press(main.get_by_role("button", name="Add", exact=True))
    page.locator("[data-toast]").wait_for()
    page.goto(f"{ROOT}/imports")
    by.write(page.get_by_label("Paste companies"), "domain\ncups-and-pots.com")
    by.press(page.get_by_role("button", name="Check rows"))
    by.press(page.get_by_role("button", name="Import 1 prospect"))
    expect(page.get_by_role("heading", name="Importing")).to_be_visible()
    page.goto(f"{ROOT}/bulk")
    by.press(main.get_by_role("link", name="Move"))
    by.press(main.get_by_role("link", name="Harborlight Studio"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Harborlight Studio")
    page.goto("/add/bookmark")
    by.press(page.get_by_role("link", name="Add to Scoutboard"))
    assert page.url.endswith("/add/bookmark")
    with reading() as session:
        assert len(session.scalars(select(Discovery)).all()) == 2
        assert len(session.scalars(select(ImportBatch)).all()) == 4
        assert session.scalars(select(Prospect).order_by(Prospect.id.desc()).limit(1)).one().source


@by_each_hand("prospects.contact_form prospects.ask_to_erase prospects.page_text fit.lookalikes fit.receipt")
def test_a_contact_is_corrected_and_erased_and_what_a_score_stands_on_read(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    values = filled_world.worked
    prospect = f"/p/{values['slug']}/prospects/{values['prospect_id']}"
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{prospect}/contacts/{values['contact_id']}/edit")
    by.write(page.get_by_label("Name"), "Nora Lund")
    by.press(page.get_by_role("button", name="Save"))
    page.locator("[data-toast]").wait_for()
    page.goto(f"{prospect}/receipts/{values['change_id']}")
    by.press(page.get_by_text("1 more passage").first)
    by.press(main.get_by_role("link", name="Show in the saved page").first)
    by.press(page.get_by_role("link", name="Back to the prospect"))
    page.wait_for_url(f"**{prospect}*")
    page.goto(f"{prospect}/lookalikes")
    by.press(main.get_by_role("link", name="Back to Liftwell"))
    page.wait_for_url(f"**{prospect}")
    page.goto(f"{prospect}/contacts/{values['contact_id']}/erase")
    by.write(page.get_by_label("to confirm"), "hello@liftwell.example")
    by.press(page.get_by_role("button", name="Erase for good"))
    page.locator("[data-toast]").wait_for()
    with reading() as session:
        assert "Nora Lund" not in session.scalars(select(ContactValue.value)).all()


@by_each_hand("reports.index reports.show")
def test_a_report_is_narrowed_and_left_for_the_next(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/reports")
    by.press(main.get_by_role("link", name="Workload"))
    by.pick(page.locator("select[name=period]"), "Last 90 days")
    by.press(main.get_by_role("button", name="Show"))
    page.wait_for_url("**/reports/workload?*period=90*")


@by_each_hand("tasks.index tasks.change_form")
def test_a_task_is_added_changed_and_done(filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]) -> None:
    page = sign_in_browser(filled_world.admin)
    by = hand(page)
    page.goto(f"{ROOT}/tasks")
    by.write(page.get_by_label("What is to be done"), "Call the printer")
    by.press(page.get_by_role("button", name="Add task"))
    by.press(page.get_by_label("Change: Call the printer"))
    dialog = page.get_by_role("dialog")
    by.write(dialog.get_by_label("What is to be done"), "Write to the printer")
    by.press(dialog.get_by_role("button", name="Save"))
    expect(page.get_by_text("Saved: Write to the printer")).to_be_visible()
    page.locator("body[data-ready]").wait_for()
    by.press(page.get_by_role("button", name="Mark as done: Write to the printer"))
    expect(page.get_by_text("Done: Write to the printer")).to_be_visible()
    with reading() as session:
        assert session.scalars(select(Task.state).where(Task.title == "Write to the printer")).one() is TaskState.DONE
