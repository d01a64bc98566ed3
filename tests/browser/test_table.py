"""The table by keyboard and by mouse: cells, ticks, a bulk move with its undo; no fault of axe in light and dark."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Program, Prospect, Role, Stage, User
from app.models.bulk import BulkAction
from app.models.custom_field import CustomField, FieldKind
from app.services.bulk.running import run_bulk
from app.services.custom_field_values import value_of
from app.services.tags import tags_of
from tests.bulk_world import make_field
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]


def make_world() -> tuple[User, Program, CustomField, list[int]]:
    with transaction() as session:
        user = make_user(session, Role.RECRUITMENT_SPECIALIST, name="Ann Bell")
        program = make_program(session, user)
        size = make_field(session, program, label="Clients", kind=FieldKind.NUMBER)
        made = [make_prospect(session, program, f"{name}.example") for name in ("alpha", "bravo", "charlie", "delta")]
        ids = [prospect.id for prospect in made]
    return user, program, size, ids


def test_a_table_is_worked_by_keyboard_and_by_mouse(
    sign_in_browser: SignIn, axe_violations: Callable[[], list[str]]
) -> None:
    user, program, size, ids = make_world()
    page = sign_in_browser(user)
    page.goto(page.url.split("/p/")[0] + f"/p/{program.slug}/table?by=name&col=stage&col=tags&col=f{size.id}")
    page.wait_for_selector("body[data-ready]")
    assert axe_violations() == []

    # By keyboard alone: to the second row, into its tags, on to the number, a refusal, a second try.
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(f"#row-{ids[1]} [data-open]")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("Tab")
    expect(page.locator(f"#row-{ids[1]} [data-move-menu]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#cell")).to_be_focused()
    page.keyboard.type("Hot, fashion")
    page.keyboard.press("Tab")
    expect(page.locator("[data-cell-form^=f] #cell")).to_be_focused()
    page.keyboard.type("a few")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-error")).to_contain_text("no number")
    assert axe_violations() == []
    page.keyboard.press("Control+a")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.locator(f'#row-{ids[1]} [data-cell="f{size.id}"]')).to_be_focused()
    with reading() as session:
        assert tags_of(session, ids[1]) == ["fashion", "Hot"]
        assert value_of(session, ids[1], size.id) == "12"
    page.keyboard.press("Enter")
    expect(page.locator("#cell")).to_be_focused()
    page.keyboard.type("99")
    page.keyboard.press("Escape")
    expect(page.locator(f'#row-{ids[1]} [data-cell="f{size.id}"]')).to_have_text("12")

    # By mouse: a range with Shift, moved in the dialog after its preview, taken back.
    page.locator(f"#row-{ids[3]} input[name=ids]").click(modifiers=["Shift"])
    expect(page.locator("[data-chosen-count]")).to_have_text("3 chosen")
    page.get_by_role("button", name="Move", exact=True).click()
    page.locator("#bulk-stage").select_option("qualified")
    expect(page.locator("#bulk-preview")).to_contain_text("3 of 3 prospects")
    page.emulate_media(color_scheme="dark")
    assert axe_violations() == []
    page.get_by_role("button", name="Move 3").click()
    page.wait_for_url("**/bulk/*")
    with reading() as session:
        action_id = session.scalars(select(BulkAction.id)).one()
    run_bulk(transaction, action_id)
    expect(page.locator("#bulk-status")).to_contain_text("Done", timeout=10_000)
    assert axe_violations() == []
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    run_bulk(transaction, action_id)
    expect(page.locator("#bulk-status")).to_contain_text("Taken back", timeout=10_000)
    with reading() as session:
        assert {session.get_one(Prospect, each).stage for each in ids} == {Stage.SOURCED}


def test_a_session_that_ends_in_a_bulk_dialog_keeps_what_was_typed(sign_in_browser: SignIn) -> None:
    user, program, _size, ids = make_world()
    page = sign_in_browser(user)
    page.goto(f"/p/{program.slug}/table")
    page.wait_for_selector("body[data-ready]")
    page.evaluate("console.error = () => {}")  # htmx writes every refused request there; this one is wanted
    page.locator(f"#row-{ids[0]} input[name=ids]").check()
    page.get_by_role("button", name="Tag", exact=True).click()
    tag = page.locator("#bulk-tag")
    tag.fill("Fashion")
    page.context.clear_cookies()
    tag.press("Tab")
    expect(page.get_by_text("Your session has ended.")).to_be_attached()
    expect(tag).to_have_value("Fashion")
    assert page.url.endswith("/table")
