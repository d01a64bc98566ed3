"""Order by hand without a mouse, cards that leave the board by mouse, and the list of the split, in Chromium."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.db import transaction
from app.models import Company, CrawlState, Program, Prospect, Stage
from app.services.moves import reorder_prospect
from tests.browser.board_page import OpenBoard, SignIn, drag, open_board, open_page, stage_of
from tests.browser.hands import works
from tests.world import make_prospect


@pytest.fixture
def board(sign_in_browser: SignIn, live_server: str) -> OpenBoard:
    """A board of four cards in Sourced and one in Qualified."""
    return open_board(sign_in_browser)


def order(board: OpenBoard) -> list[int]:
    """Return the numbers of the cards in Sourced, from the top."""
    return [board.cards.index(int(number)) for number in board.ids_in(Stage.SOURCED)]


@pytest.mark.parametrize("layout", ["board", "split"])
def test_cards_are_put_in_order_by_keys(board: OpenBoard, layout: str) -> None:
    open_page(board.page, f"/p/agencies/{layout}")
    link = board.card(2).locator(".sb-card-link")
    link.focus()
    board.page.keyboard.press("Alt+ArrowUp")
    expect(board.card(2)).to_have_attribute("data-version", "2")
    assert order(board) == [0, 2, 1, 3]
    expect(link).to_be_focused()
    board.page.keyboard.press("Alt+ArrowUp")
    expect(board.card(2)).to_have_attribute("data-version", "3")
    board.page.keyboard.press("Alt+ArrowUp")  # on top already: nothing is asked of the server
    board.page.keyboard.press("Alt+ArrowDown")
    expect(board.card(2)).to_have_attribute("data-version", "4")
    assert order(board) == [0, 2, 1, 3]
    open_page(board.page, f"/p/agencies/{layout}")
    assert order(board) == [0, 2, 1, 3]


def test_cards_are_put_in_order_by_their_menu(board: OpenBoard) -> None:
    for number, name, wanted in ((3, "To the top", [3, 0, 1, 2]), (0, "Up", [0, 3, 1, 2]), (3, "Down", [0, 1, 3, 2])):
        version = int(board.card(number).get_attribute("data-version") or 0)
        board.card(number).locator(".sb-card-menu").click()
        board.page.get_by_role("menuitem", name=name, exact=True).click()
        expect(board.card(number)).to_have_attribute("data-version", str(version + 1))
        assert order(board) == wanted
    open_page(board.page, "/p/agencies/board?sort=fit")
    board.card(0).locator(".sb-card-menu").click()
    expect(board.page.get_by_role("menuitem", name="Qualified")).to_be_visible()
    expect(board.page.get_by_role("menuitem", name="Up", exact=True)).to_have_count(0)


def test_a_card_that_somebody_moved_meanwhile_is_shown_where_it_is(board: OpenBoard) -> None:
    board.page.evaluate("console.error = () => {}")  # htmx writes every refused request there; this one is wanted
    with transaction() as session:
        prospect = session.get_one(Prospect, board.cards[0])
        reorder_prospect(session, prospect, after_id=board.cards[3], by_user_id=board.user.id)
    board.card(0).locator(".sb-card-link").focus()
    board.page.keyboard.press("Alt+ArrowDown")
    expect(board.page.get_by_text("was changed while you looked at it")).to_be_visible()
    assert order(board) == [1, 2, 3, 0]


def test_a_drop_on_a_list_beside_the_board_asks_why_in_place(board: OpenBoard) -> None:
    drag(board.page, board.card(0), board.page.locator("[data-drop-stage=declined]"))
    dialog = board.page.locator("#dialog")
    expect(dialog.get_by_role("heading", name="Decline House0")).to_be_visible()
    assert order(board) == [0, 1, 2, 3]
    dialog.get_by_label("Does not match the profile").check()
    dialog.get_by_role("button", name="Decline").click()
    expect(board.card(0)).to_have_count(0)
    expect(board.page.locator("#count-declined")).to_have_text("1")
    assert stage_of(board.cards[0]) is Stage.DECLINED
    board.page.get_by_role("button", name="Undo").click()
    expect(board.column(Stage.SOURCED).locator(f"#card-{board.cards[0]}")).to_be_visible()
    drag(board.page, board.card(1), board.page.locator("[data-drop-stage=dormant]"))
    expect(dialog.get_by_role("heading", name="Put House1 to sleep")).to_be_visible()


def test_a_drop_on_a_list_that_asks_nothing_moves_at_once(board: OpenBoard) -> None:
    drag(board.page, board.card(2), board.page.locator("[data-drop-stage=withdrawn]"))
    expect(board.card(2)).to_have_count(0)
    expect(board.page.locator("#count-withdrawn")).to_have_text("1")
    assert stage_of(board.cards[2]) is Stage.WITHDRAWN
    assert order(board) == [0, 1, 3]


@works(mouse="board.split")
def test_in_split_a_stage_without_cards_takes_one_and_gives_it_back(board: OpenBoard) -> None:
    open_page(board.page, "/p/agencies/split")
    expect(board.page.locator("#column-contacted")).to_be_hidden()
    board.card(4).locator(".sb-card-menu").click()
    board.page.get_by_role("menuitem", name="Contacted").click()
    expect(board.column(Stage.CONTACTED).locator(f"#card-{board.cards[4]}")).to_be_visible()
    expect(board.page.locator("#count-contacted")).to_have_text("1")
    expect(board.page.locator("#column-qualified")).to_be_hidden()
    board.page.get_by_role("button", name="Undo").click()
    expect(board.column(Stage.QUALIFIED).locator(f"#card-{board.cards[4]}")).to_be_visible()
    expect(board.page.locator("#column-contacted")).to_be_hidden()


def test_in_split_what_others_add_appears_by_itself(board: OpenBoard) -> None:
    open_page(board.page, "/p/agencies/split")
    expect(board.card(0)).to_have_class(re.compile("sb-card-open"))
    board.page.evaluate("document.activeElement.blur()")
    with transaction() as session:
        program = session.scalars(select(Program).where(Program.slug == "agencies")).one()
        made = [make_prospect(session, program, f"new{stage}.example", stage=stage)
                for stage in (Stage.ENGAGED, Stage.SOURCED)]  # fmt: skip
        for prospect in made:  # as an import does, which tells of its rows by their number alone
            session.get_one(Company, prospect.company_id).crawl_state = CrawlState.WAITING
        added = [prospect.id for prospect in made]
    expect(board.column(Stage.ENGAGED).locator(f"#card-{added[0]}")).to_be_visible(timeout=9_000)
    expect(board.column(Stage.SOURCED).locator(f"#card-{added[1]}")).to_be_visible()
    expect(board.card(0)).to_have_class(re.compile("sb-card-open"))
