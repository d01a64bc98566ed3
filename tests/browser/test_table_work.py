"""A day at the table: stages by keyboard alone and by mouse, all that match, colleagues at the same rows; axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Company, MoveEvent, Program, Prospect, Role, Stage, User
from app.models.bulk import BulkAction
from app.services.bulk import running
from app.services.moves import move_prospect
from app.services.tags import tag_prospect, tags_of
from tests.browser.hands import works
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]


def make_world(count: int) -> tuple[User, Program, list[int]]:
    with transaction() as session:
        user = make_user(session, Role.DIRECTOR, name="Ann Bell")
        program = make_program(session, user)
        ids = [make_prospect(session, program, f"s{number:03}.example").id for number in range(count)]
    return user, program, ids


def open_table(page: Page, program: Program, query: str) -> None:
    page.goto(f"/p/{program.slug}/table?{query}")
    page.wait_for_selector("body[data-ready]")


def stage_of(prospect_id: int) -> Stage:
    with reading() as session:
        return session.get_one(Prospect, prospect_id).stage


@works(keys="board.move_form table.edit table.show")
def test_stages_and_countries_are_changed_by_keyboard_alone(sign_in_browser: SignIn, axe_violations: Axe) -> None:
    user, program, ids = make_world(3)
    page = sign_in_browser(user)
    open_table(page, program, "by=name&col=stage&col=country&col=tags")
    keys, row = page.keyboard, page.locator(f"#row-{ids[1]}")
    for key in ("j", "ArrowDown", "ArrowRight", "Enter"):
        keys.press(key)
    expect(page.locator("#move-menu")).to_be_visible()
    assert axe_violations() == []
    keys.press("Escape")
    expect(row.locator("[data-move-menu]")).to_be_focused()
    keys.press("m")
    keys.press("q")
    keys.press("Enter")
    expect(row.locator(".tb-stage")).to_contain_text("Qualified")
    expect(row.locator("[data-move-menu]")).to_be_focused()
    keys.press("u")
    expect(row.locator(".tb-stage")).to_contain_text("Sourced")
    assert stage_of(ids[1]) is Stage.SOURCED

    # Declining asks its reasons in place; Escape leaves everything as it was, a reason and Enter decline.
    keys.press("m")
    keys.press("d")
    expect(page.locator("#move-menu [data-to=declined]")).to_be_focused()
    keys.press("Enter")
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Why?")
    assert axe_violations() == []
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    assert stage_of(ids[1]) is Stage.SOURCED
    row.locator("[data-move-menu]").focus()
    keys.press("m")
    keys.press("d")
    keys.press("Enter")
    expect(dialog).to_be_visible()
    dialog.locator("[name=reason_codes]").first.focus()
    keys.press("Space")
    dialog.get_by_role("button", name="Decline").focus()
    keys.press("Enter")
    expect(row.locator(".tb-stage")).to_contain_text("Declined")
    assert stage_of(ids[1]) is Stage.DECLINED


def test_a_country_is_set_by_keyboard_alone_and_arrows_keep_to_the_column(
    sign_in_browser: SignIn, axe_violations: Axe
) -> None:
    user, program, ids = make_world(3)
    page = sign_in_browser(user)
    open_table(page, program, "by=name&col=stage&col=country&col=tags")
    keys, row = page.keyboard, page.locator(f"#row-{ids[1]}")
    for key in ("j", "j", "ArrowRight", "ArrowRight", "Enter"):
        keys.press(key)
    expect(row.locator("#cell")).to_be_focused()
    keys.type("Germ")
    keys.press("Enter")
    expect(row.locator("[data-cell=country]")).to_have_text("DE")
    expect(row.locator("[data-cell=country]")).to_be_focused()
    with reading() as session:
        assert session.get_one(Company, session.get_one(Prospect, ids[1]).company_id).country == "DE"
    keys.press("u")
    expect(row.locator("[data-cell=country]")).not_to_have_text("DE")
    expect(page.locator("#toasts")).to_contain_text("Undone. Country of")
    with reading() as session:
        assert session.get_one(Company, session.get_one(Prospect, ids[1]).company_id).country is None
    row.locator("[data-cell=country]").focus()
    keys.press("ArrowUp")
    expect(page.locator(f"#row-{ids[0]} [data-cell=country]")).to_be_focused()
    page.emulate_media(color_scheme="dark")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    keys.press("j")
    keys.press("m")
    expect(page.locator("#move-menu")).to_be_visible()
    assert axe_violations() == []


@works(mouse="table.show table.edit bulk.show")
def test_all_that_match_are_previewed_watched_canceled_and_taken_back_by_mouse(
    sign_in_browser: SignIn, axe_violations: Axe, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, program, ids = make_world(60)
    monkeypatch.setattr(running, "PORTION", 20)
    monkeypatch.setattr(running, "PORTION_S", 60.0)  # a busy machine must not make a portion smaller
    page = sign_in_browser(user)
    open_table(page, program, "by=name&col=stage&col=tags")
    page.locator(f"#row-{ids[0]} [data-move-menu]").click()
    page.locator("#move-menu [data-to=qualified]").click()
    expect(page.locator(f"#row-{ids[0]} .tb-stage")).to_contain_text("Qualified")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#row-{ids[0]} .tb-stage")).to_contain_text("Sourced")

    page.get_by_text("all 60 that match").click()
    expect(page.locator("[data-chosen-count]")).to_have_text("60 chosen")
    page.get_by_role("button", name="Tag", exact=True).click()
    page.locator("#bulk-tag").fill("Spring")
    page.locator("#bulk-tag").press("Tab")
    expect(page.locator("#bulk-preview")).to_contain_text("60 of 60 prospects")
    assert axe_violations() == []
    page.get_by_role("button", name="Tag 60").click()
    page.wait_for_url("**/bulk/*")
    with reading() as session:
        action_id = session.scalars(select(BulkAction.id)).one()
    for _ in range(2):
        running.run_bulk(transaction, action_id, budget_s=0)
    expect(page.locator("#bulk-status progress")).to_have_attribute("value", "20", timeout=10_000)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#bulk-status")).to_contain_text("Canceled")
    with reading() as session:
        assert sum(bool(tags_of(session, each)) for each in ids) == 20
    page.get_by_role("button", name="Undo").click()
    running.run_bulk(transaction, action_id)
    expect(page.locator("#bulk-status")).to_contain_text("Taken back", timeout=10_000)
    with reading() as session:
        assert not any(tags_of(session, each) for each in ids)


def test_a_cell_that_could_not_be_opened_holds_nothing_back(sign_in_browser: SignIn) -> None:
    user, program, ids = make_world(2)
    page = sign_in_browser(user)
    open_table(page, program, "by=name&col=tags&col=country")
    page.route("**/cell?*", lambda route: route.abort())
    page.locator(f"#row-{ids[0]} [data-cell=country]").click()
    expect(page.locator("#toasts")).to_contain_text("The server cannot be reached")
    page.unroute("**/cell?*")
    with transaction() as session:
        colleague = make_user(session, name="Cleo")
        tag_prospect(session, session.get_one(Prospect, ids[0]), ["fresh"], actor=colleague)
    expect(page.locator(f"#row-{ids[0]}")).to_contain_text("fresh", timeout=10_000)


def test_what_colleagues_change_appears_but_never_over_a_cell_that_is_open(sign_in_browser: SignIn) -> None:
    user, program, ids = make_world(3)
    page = sign_in_browser(user)
    open_table(page, program, "by=name&stage=sourced&col=stage&col=tags&col=country")

    def by_colleague(place: int, tag: str, to_stage: Stage | None = None) -> None:
        with transaction() as session:
            prospect = session.get_one(Prospect, ids[place])
            colleague = make_user(session, name=f"Cleo {tag}")
            tag_prospect(session, prospect, [tag], actor=colleague)
            if to_stage:
                move_prospect(session, prospect, to_stage=to_stage, event=MoveEvent.HAND, by_user_id=colleague.id)

    page.locator(f"#row-{ids[0]} input[name=ids]").check()
    page.locator(f"#row-{ids[1]} [data-cell=country]").click()
    expect(page.locator("#cell")).to_be_focused()
    by_colleague(0, "fresh")
    by_colleague(1, "held", Stage.QUALIFIED)
    by_colleague(2, "gone", Stage.QUALIFIED)
    expect(page.locator(f"#row-{ids[0]}")).to_contain_text("fresh", timeout=10_000)
    expect(page.locator(f"#row-{ids[0]} input[name=ids]")).to_be_checked()
    expect(page.locator(f"#row-{ids[2]}")).to_have_count(0)
    expect(page.locator("#table-count")).to_have_text("1 prospect")
    expect(page.locator("#cell")).to_be_focused()
    expect(page.locator(f"#row-{ids[1]}")).to_contain_text("Somebody changed this row meanwhile.")
    page.locator("#cell").select_option("DE")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-error")).to_contain_text("Somebody changed this prospect")
    expect(page.locator("#cell")).to_have_value("DE")
    page.keyboard.press("Escape")
    expect(page.locator(f"#row-{ids[1]}")).to_have_count(0)
