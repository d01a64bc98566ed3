"""The board in Chromium: by mouse, by keyboard alone, with two people at one card, on a phone, in light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from app.clock import now
from app.db import transaction
from app.models import Company, CrawlState, FitState, MoveEvent, Program, Prospect, Role, Stage, UserSession
from app.services.moves import move_prospect
from tests.browser.board_page import OpenBoard, SignIn, drag, open_board, stage_of
from tests.browser.hands import works
from tests.world import make_prospect, make_user


@pytest.fixture
def board(sign_in_browser: SignIn, live_server: str) -> OpenBoard:
    """A board of four cards in Sourced and one in Qualified."""
    return open_board(sign_in_browser)


@works(mouse="board.show")
def test_a_card_is_dragged_to_another_column_and_the_move_undone(board: OpenBoard) -> None:
    drag(board.page, board.card(1), board.column(Stage.CONTACTED))
    expect(board.column(Stage.CONTACTED).locator(f"#card-{board.cards[1]}[data-version='2']")).to_be_visible()
    expect(board.page.locator("#count-sourced")).to_have_text("3")
    expect(board.page.locator("#count-contacted")).to_have_text("1")
    assert stage_of(board.cards[1]) is Stage.CONTACTED
    board.page.get_by_role("button", name="Undo").click()
    expect(board.column(Stage.SOURCED).locator(f"#card-{board.cards[1]}")).to_be_visible()
    expect(board.page.locator("#count-contacted")).to_have_text("0")
    assert board.ids_in(Stage.SOURCED) == [str(number) for number in board.cards[:4]]
    assert stage_of(board.cards[1]) is Stage.SOURCED


def test_a_card_is_dragged_to_a_new_place_in_its_column_and_stays_there(board: OpenBoard) -> None:
    drag(board.page, board.card(0), board.card(2))
    expect(board.card(0)).to_have_attribute("data-version", "2")
    order = board.ids_in(Stage.SOURCED)
    assert order != [str(number) for number in board.cards[:4]]
    board.page.reload()
    board.page.wait_for_selector("body[data-ready]")
    assert board.ids_in(Stage.SOURCED) == order


def test_a_drop_where_the_card_may_not_go_puts_it_back(board: OpenBoard) -> None:
    drag(board.page, board.card(0), board.column(Stage.ACTIVE))
    expect(board.column(Stage.SOURCED).locator(f"#card-{board.cards[0]}")).to_be_visible()
    assert stage_of(board.cards[0]) is Stage.SOURCED


def test_two_people_at_one_card_the_second_sees_where_it_is(board: OpenBoard) -> None:
    with transaction() as session:
        prospect = session.get_one(Prospect, board.cards[0])
        move_prospect(session, prospect, to_stage=Stage.ENGAGED, event=MoveEvent.HAND, by_user_id=board.user.id)
    drag(board.page, board.card(0), board.column(Stage.CONTACTED))
    expect(board.page.get_by_text("was changed while you looked at it; it is in Engaged now")).to_be_visible()
    expect(board.column(Stage.ENGAGED).locator(f"#card-{board.cards[0]}")).to_be_visible()
    expect(board.page.locator("#count-engaged")).to_have_text("1")
    assert stage_of(board.cards[0]) is Stage.ENGAGED


def test_a_server_that_is_away_puts_the_card_back_and_says_so(board: OpenBoard) -> None:
    board.page.evaluate("console.error = () => {}")  # htmx writes every refused request there; this one is wanted
    board.page.route("**/move*", lambda route: route.fulfill(status=404, body="gone"))
    drag(board.page, board.card(0), board.column(Stage.CONTACTED))
    expect(board.page.get_by_text("The server answered 404")).to_be_visible()
    assert board.ids_in(Stage.SOURCED) == [str(number) for number in board.cards[:4]]


@works(keys="board.show")
def test_the_board_is_worked_by_keyboard_alone(board: OpenBoard) -> None:
    keys = board.page.keyboard
    keys.press("j")
    keys.press("j")
    expect(board.card(1).locator(".sb-card-link")).to_be_focused()
    keys.press("m")
    expect(board.page.get_by_role("menuitem", name="Qualified")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(board.column(Stage.CONTACTED).locator(f"#card-{board.cards[1]}")).to_be_visible()
    expect(board.card(1).locator(".sb-card-link")).to_be_focused()
    keys.press("u")
    expect(board.column(Stage.SOURCED).locator(f"#card-{board.cards[1]}")).to_be_visible()
    board.card(0).locator(".sb-card-link").focus()
    keys.press("l")
    expect(board.card(4).locator(".sb-card-link")).to_be_focused()
    keys.press("?")
    expect(board.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keys.press("Escape")
    board.card(3).locator(".sb-card-link").focus()
    keys.press("Enter")
    board.page.wait_for_url(f"**/prospects/{board.cards[3]}")


def test_letters_typed_into_the_search_move_nothing(board: OpenBoard) -> None:
    board.page.keyboard.press("/")
    board.page.keyboard.type("house2mj?")
    expect(board.page.locator("#filter-q")).to_have_value("house2mj?")
    expect(board.page.locator("#move-menu")).to_be_hidden()
    expect(board.page.get_by_text("No prospect passes this filter.")).to_be_visible()


def test_a_filter_narrows_while_typing_and_stands_in_the_address(board: OpenBoard) -> None:
    board.page.locator("#filter-q").fill("house2")
    expect(board.page.locator("#board-area .sb-card")).to_have_count(1)
    board.page.wait_for_url("**/board?q=house2")
    asked: list[str] = []
    board.page.on("request", lambda request: asked.append(request.url))
    drag(board.page, board.card(2), board.column(Stage.CONTACTED))
    expect(board.page.locator("#count-contacted")).to_have_text("1")
    again = [each for each in asked if each.endswith("/board?q=house2")]
    assert again == [], "leaving the field takes the card out of the hand"


@works(mouse="board.move_form")
def test_declining_asks_why_in_place(board: OpenBoard) -> None:
    board.card(0).locator(".sb-card-menu").click()
    board.page.get_by_role("menuitem", name="Declined…").click()
    dialog = board.page.locator("#dialog")
    dialog.get_by_role("button", name="Decline").click()
    expect(dialog.get_by_text("Choose at least one reason.")).to_be_visible()
    dialog.get_by_label("Does not match the profile").check()
    dialog.get_by_role("button", name="Decline").click()
    expect(dialog).to_be_hidden()
    expect(board.card(0)).to_have_count(0)
    expect(board.page.locator("#count-declined")).to_have_text("1")
    board.page.get_by_role("button", name="Undo").click()
    expect(board.column(Stage.SOURCED).locator(f"#card-{board.cards[0]}")).to_be_visible()
    assert board.ids_in(Stage.SOURCED)[0] == str(board.cards[0])


def test_dropping_on_approved_asks_why_and_leaves_the_card_when_canceled(board: OpenBoard) -> None:
    board.page.set_viewport_size({"width": 2600, "height": 800})
    drag(board.page, board.card(0), board.column(Stage.APPROVED))
    dialog = board.page.locator("#dialog")
    expect(dialog.get_by_role("heading", name="Approve House0")).to_be_visible()
    board.page.keyboard.press("Escape")
    expect(board.column(Stage.SOURCED).locator(f"#card-{board.cards[0]}")).to_be_visible()
    assert stage_of(board.cards[0]) is Stage.SOURCED


def test_scrolling_a_column_loads_the_next_cards(board: OpenBoard) -> None:
    with transaction() as session:
        program = session.scalars(select(Program).where(Program.slug == "agencies")).one()
        for number in range(70):
            make_prospect(session, program, f"more{number}.example", stage=Stage.ENGAGED)
    board.page.reload()
    board.page.wait_for_selector("body[data-ready]")
    engaged = board.column(Stage.ENGAGED)
    expect(engaged.locator(".sb-card").nth(14)).to_be_attached()
    assert engaged.locator(".sb-card").count() < 70
    for _ in range(5):
        engaged.evaluate("lane => lane.scrollTo(0, lane.scrollHeight)")
        board.page.wait_for_timeout(300)
    expect(engaged.locator(".sb-card")).to_have_count(70)


@pytest.mark.slow
def test_chips_change_by_themselves_while_sites_are_read(board: OpenBoard) -> None:
    with transaction() as session:
        prospect = session.get_one(Prospect, board.cards[0])
        prospect.fit_state, prospect.fit_score = FitState.UNREAD, None
        session.get_one(Company, prospect.company_id).crawl_state = CrawlState.READING
    board.page.reload()
    board.page.wait_for_selector("body[data-ready]")
    expect(board.card(0).get_by_text("reading…")).to_be_visible()
    with transaction() as session:
        prospect = session.get_one(Prospect, board.cards[0])
        prospect.fit_state, prospect.fit_score = FitState.SCORED, 77.0
        session.get_one(Company, prospect.company_id).crawl_state = CrawlState.DONE
    expect(board.card(0).locator(".sb-score")).to_contain_text("77", timeout=9_000)


def test_a_phone_shows_one_column_at_a_time(board: OpenBoard) -> None:
    board.page.set_viewport_size({"width": 390, "height": 844})
    board.page.reload()
    board.page.wait_for_selector("body[data-ready]")
    expect(board.column(Stage.SOURCED)).to_be_in_viewport()
    board.page.locator(".sb-stage-tabs").get_by_role("link", name="Qualified").click()
    expect(board.card(4)).to_be_in_viewport()
    assert board.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing(board: OpenBoard, axe_violations: Callable[[], list[str]], scheme: str, width: int) -> None:
    board.page.emulate_media(color_scheme=scheme)
    board.page.set_viewport_size({"width": width, "height": 900})
    for address in ("/p/agencies/board", "/p/agencies/board/declined", "/p/agencies/views", "/p/agencies/split"):
        board.page.goto(address)
        board.page.wait_for_load_state("networkidle")
        assert axe_violations() == [], address
    board.page.goto("/p/agencies/board")
    board.page.wait_for_selector("body[data-ready]")
    board.card(0).locator(".sb-card-menu").click()
    assert axe_violations() == []
    board.page.get_by_role("menuitem", name="Declined…").click()
    expect(board.page.locator("#dialog")).to_be_visible()
    assert axe_violations() == []


def test_a_colleagues_move_appears_by_itself(board: OpenBoard) -> None:
    with transaction() as session:
        theo = make_user(session, Role.RECRUITMENT_SPECIALIST, name="Theo Brandt")
        prospect = session.get_one(Prospect, board.cards[1])
        move_prospect(session, prospect, to_stage=Stage.ENGAGED, event=MoveEvent.HAND, by_user_id=theo.id)
    expect(board.column(Stage.ENGAGED).locator(f"#card-{board.cards[1]}")).to_be_visible()
    expect(board.page.locator("#count-engaged")).to_have_text("1")
    expect(board.page.locator("#announcer")).to_have_text("Theo Brandt moved House1 to Engaged.")


def test_filtering_folding_and_keeping_a_view(board: OpenBoard) -> None:
    page = board.page
    page.get_by_role("link", name="Filter", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Lowest score").fill("88")
    dialog.get_by_label("Sourced").check()
    dialog.get_by_role("button", name="Show").click()
    page.wait_for_url("**/board?min=88&stage=sourced")
    expect(page.locator("#board-area .sb-card")).to_have_count(3)
    page.locator("#column-sourced .sb-fold-button").click()
    expect(board.card(0)).to_be_hidden()
    page.locator("#views-menu summary").click()
    page.get_by_role("link", name="Save as a new view…").click()
    dialog.get_by_label("Name").fill("Best of the new")
    dialog.get_by_role("button", name="Save view").click()
    page.wait_for_url("**/board?min=88&stage=sourced&fold=sourced&view=*")
    expect(page.locator("#views-menu summary")).to_contain_text("Best of the new")
    page.locator("#column-sourced .sb-fold-button").click()
    expect(board.card(0)).to_be_visible()
    page.get_by_role("link", name="Without Stage: Sourced").click()
    expect(page.locator(".sb-column")).to_have_count(9)
    expect(page.locator("#views-menu summary")).to_contain_text("changed")


@works(keys="board.split")
def test_the_split_layout_is_worked_by_keyboard(board: OpenBoard) -> None:
    board.page.goto("/p/agencies/split")
    board.page.wait_for_selector("body[data-ready]")
    pane = board.page.locator("#pane")
    expect(pane.get_by_text("House0").first).to_be_visible()
    board.page.keyboard.press("j")
    expect(pane.get_by_text("House1").first).to_be_visible()
    assert f"open={board.cards[1]}" in board.page.url
    board.page.keyboard.press("k")
    expect(pane.get_by_text("House0").first).to_be_visible()
    board.page.keyboard.press("Enter")
    board.page.wait_for_url(f"**/prospects/{board.cards[0]}?in=split")


def test_a_session_that_ends_in_a_dialog_keeps_the_text(board: OpenBoard) -> None:
    page = board.page
    page.evaluate("console.error = () => {}")
    board.card(0).locator(".sb-card-menu").click()
    page.get_by_role("menuitem", name="Declined…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Does not match the profile").check()
    dialog.locator("#note").fill("They sell to consumers only.")
    with transaction() as session:
        session.execute(update(UserSession).values(revoked_at=now()))
    dialog.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("Your session has ended.")).to_be_attached()
    expect(dialog.locator("#note")).to_have_value("They sell to consumers only.")
    assert page.url.endswith("/board")
