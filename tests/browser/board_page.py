"""A board on screen: its cards and columns by number, and a hand that drags."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from app.db import reading
from app.models import Prospect, Stage, User


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


def drag(page: Page, card: Locator, target: Locator) -> None:
    """Drag a card with the mouse onto the middle of a target, as a hand does: press, move in steps, let go."""
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
