"""Programs side by side in Chromium: by mouse, by keyboard alone, on a phone, in light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.models import MoveEvent, Program, Prospect, Role, Stage, User
from app.services.moves import move_prospect
from app.services.ranks import rank_between
from tests.browser.board_page import OpenBoard, drag, stage_of
from tests.browser.hands import works
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
ADDRESS = "/pipelines?p=agencies&p=creators"


@pytest.fixture
def lanes(sign_in_browser: SignIn, live_server: str) -> OpenBoard:
    """Two programs: three cards in Sourced and a partner in the first, one in Sourced and one engaged in the second."""
    with transaction() as session:
        user = make_user(session, Role.RECRUITMENT_SPECIALIST, name="Mia Okafor")
        agencies = make_program(session, user, slug="agencies", name="Agencies")
        creators = make_program(session, user, slug="creators", name="Creators", stage_names={"qualified": "Shortlist"})
        cards, rank = [], None
        places = [(agencies, Stage.SOURCED)] * 3 + [(agencies, Stage.ACTIVE)]
        places += [(creators, Stage.SOURCED), (creators, Stage.ENGAGED)]
        for number, (program, stage) in enumerate(places):
            rank = rank_between(rank, None)
            cards.append(make_prospect(session, program, f"house{number}.example", stage=stage, rank=rank).id)
    page = sign_in_browser(user)
    page.set_viewport_size({"width": 1440, "height": 1500})
    page.goto(ADDRESS)
    page.wait_for_selector("body[data-ready]")
    return OpenBoard(page, user, cards)


def cards_in(lanes: OpenBoard, slug: str, stage: Stage) -> list[str]:
    column = lanes.page.locator(f"#cards-{slug}-{stage.value} .sb-card")
    return column.evaluate_all("cards => cards.map(card => card.dataset.id)")


def test_a_card_is_dragged_within_its_program_and_the_move_undone(lanes: OpenBoard) -> None:
    page = lanes.page
    drag(page, lanes.card(4), page.locator("#cards-creators-qualified"))
    expect(page.locator(f"#cards-creators-qualified #card-{lanes.cards[4]}[data-version='2']")).to_be_visible()
    expect(page.locator("#count-creators-qualified")).to_have_text("1")
    expect(page.locator("#count-agencies-qualified")).to_have_text("0")
    assert stage_of(lanes.cards[4]) is Stage.QUALIFIED
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#cards-creators-sourced #card-{lanes.cards[4]}")).to_be_visible()
    expect(page.locator("#count-creators-qualified")).to_have_text("0")
    assert len(cards_in(lanes, "agencies", Stage.SOURCED)) == 3


@works(mouse="pipelines.show pipelines.ask")
def test_a_drop_on_another_program_puts_the_card_back_and_offers_to_add_it_there(lanes: OpenBoard) -> None:
    page = lanes.page
    drag(page, lanes.card(0), page.locator("#cards-creators-contacted"))
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading", name="House0 stays in Agencies")).to_be_visible()
    assert cards_in(lanes, "agencies", Stage.SOURCED)[0] == str(lanes.cards[0])
    dialog.get_by_role("button", name="Add to Creators").click()
    expect(page.get_by_text("House0 is in Creators now, too.")).to_be_visible()
    assert page.url.endswith(ADDRESS)
    assert len(cards_in(lanes, "creators", Stage.SOURCED)) == 2
    with reading() as session:
        creators = session.scalars(select(Program).where(Program.slug == "creators")).one()
        assert session.get_one(Prospect, lanes.cards[0]).program_id != creators.id
    assert stage_of(lanes.cards[0]) is Stage.SOURCED


@works(keys="pipelines.show pipelines.ask")
def test_the_lanes_are_worked_by_keyboard_alone(lanes: OpenBoard) -> None:
    page, keys = lanes.page, lanes.page.keyboard
    keys.press("j")
    expect(lanes.card(0).locator(".sb-card-link")).to_be_focused()
    keys.press("J")
    expect(lanes.card(4).locator(".sb-card-link")).to_be_focused()
    keys.press("l")
    expect(lanes.card(5).locator(".sb-card-link")).to_be_focused()
    keys.press("K")
    expect(lanes.card(0).locator(".sb-card-link")).to_be_focused()
    for _ in range(3):
        keys.press("j")
    expect(lanes.card(4).locator(".sb-card-link")).to_be_focused()
    keys.press("m")
    expect(page.get_by_role("menuitem", name="Shortlist")).to_be_focused()
    keys.press("Enter")
    expect(page.locator(f"#cards-creators-qualified #card-{lanes.cards[4]}")).to_be_visible()
    expect(lanes.card(4).locator(".sb-card-link")).to_be_focused()
    keys.press("m")
    keys.press("End")
    expect(page.get_by_role("menuitem", name="Agencies…")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#dialog").get_by_role("heading", name="House4 stays in Creators")).to_be_visible()
    keys.press("Escape")
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Program below")


def test_a_pipeline_folds_and_stays_folded(lanes: OpenBoard) -> None:
    page = lanes.page
    button = page.get_by_role("button", name="Prospects of Agencies")
    with page.expect_response(lambda answer: answer.url.endswith("/fold")):
        button.press("Enter")
    expect(lanes.card(0)).to_be_hidden()
    expect(lanes.card(3)).to_be_visible()
    page.reload()
    expect(lanes.card(0)).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("status", [None, 404])
def test_a_pipeline_that_could_not_be_folded_stands_open_again_and_says_why(
    lanes: OpenBoard, status: int | None
) -> None:
    page = lanes.page
    page.route("**/fold", lambda route: route.fulfill(status=status) if status else route.abort())
    button = page.get_by_role("button", name="Prospects of Agencies")
    button.press("Enter")
    words = f"The server answered {status}" if status else "The server cannot be reached"
    expect(page.locator("#toasts")).to_contain_text(words)
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(lanes.card(0)).to_be_visible()


def test_programs_are_chosen_and_one_filter_narrows_all(lanes: OpenBoard) -> None:
    page = lanes.page
    page.locator("#filter-q").fill("house4")
    expect(page.locator("#board-area .sb-card")).to_have_count(1)
    page.locator(".pl-choose summary").click()
    page.locator(".pl-choose").get_by_label("Agencies").uncheck()
    page.locator(".pl-choose").get_by_role("button", name="Show").click()
    page.wait_for_url("**/pipelines?p=creators*")
    expect(page.locator(".pl-program")).to_have_count(1)
    page.goto("/pipelines")
    assert page.url.endswith("/pipelines?p=creators")


def test_a_colleagues_move_in_any_lane_appears_by_itself(lanes: OpenBoard) -> None:
    with transaction() as session:
        theo = make_user(session, Role.RECRUITMENT_SPECIALIST, name="Theo Brandt")
        prospect = session.get_one(Prospect, lanes.cards[4])
        move_prospect(session, prospect, to_stage=Stage.ENGAGED, event=MoveEvent.HAND, by_user_id=theo.id)
    expect(lanes.page.locator(f"#cards-creators-engaged #card-{lanes.cards[4]}")).to_be_visible()
    expect(lanes.page.locator("#count-creators-engaged")).to_have_text("2")
    expect(lanes.page.locator("#announcer")).to_have_text("Theo Brandt moved House4 to Engaged.")


def test_a_phone_has_tabs_of_programs_above_those_of_stages(lanes: OpenBoard) -> None:
    page = lanes.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(lanes.card(0)).to_be_in_viewport()
    expect(lanes.card(4)).to_be_hidden()
    page.get_by_role("navigation", name="Programs").get_by_role("link", name="Creators").click()
    expect(lanes.card(4)).to_be_in_viewport()
    expect(lanes.card(0)).to_be_hidden()
    page.get_by_role("navigation", name="Columns of Creators").get_by_role("link", name="Engaged").click()
    expect(lanes.card(5)).to_be_in_viewport()
    assert page.url.endswith("at=creators#column-creators-engaged")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing(lanes: OpenBoard, axe_violations: Callable[[], list[str]], scheme: str, width: int) -> None:
    page = lanes.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for address in (ADDRESS, f"{ADDRESS}&owner=me", "/pipelines/filter?p=agencies"):
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        assert axe_violations() == [], address
    page.goto(f"/pipelines/agencies/prospects/{lanes.cards[0]}/add?to=creators")
    assert axe_violations() == []
