"""A board on screen: its cards and columns by number, and a hand that drags."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from app.db import reading, transaction
from app.models import FitState, Prospect, Role, Stage, User
from app.services.ranks import rank_between
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]


@dataclass(frozen=True)
class OpenBoard:
    """A board on screen and the ids of its cards, in the order they were added."""

    page: Page
    user: User
    cards: list[int]

    def card(self, number: int) -> Locator:
        return self.page.locator(f"#card-{self.cards[number]}")

    def column(self, stage: Stage) -> Locator:
        return self.page.locator(f'.sb-cards[data-stage="{stage.value}"]')

    def ids_in(self, stage: Stage) -> list[str]:
        return self.column(stage).locator(".sb-card").evaluate_all("cards => cards.map(card => card.dataset.id)")


def open_board(sign_in: SignIn) -> OpenBoard:
    """Show a board of four cards in Sourced, best fit first, and one in Qualified."""
    with transaction() as session:
        user = make_user(session, Role.RECRUITMENT_SPECIALIST, name="Mia Okafor")
        program = make_program(session, user, slug="agencies", name="Agencies")
        cards, rank = [], None
        for number, stage in enumerate([Stage.SOURCED] * 4 + [Stage.QUALIFIED]):
            rank, score = rank_between(rank, None), 90.0 - number
            values = {"fit_state": FitState.SCORED, "fit_score": score, "fit_sort": score}
            cards.append(make_prospect(session, program, f"house{number}.example", stage=stage, rank=rank, **values).id)
    page = sign_in(user)
    open_page(page, "/p/agencies/board")
    return OpenBoard(page, user, cards)


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-ready]")


def drag(page: Page, card: Locator, target: Locator) -> None:
    """Drag a card with the mouse onto the middle of a target, as a hand does: press, move in steps, let go."""
    card.locator("xpath=ancestor::*[@data-drags]").wait_for()
    start, end = card.bounding_box(), target.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 60, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + 50, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + min(60, end["height"] / 2), steps=12)
    page.mouse.up()


def stage_of(prospect_id: int) -> Stage:
    with reading() as session:
        return session.get_one(Prospect, prospect_id).stage
