"""No screen without somebody who works on it by keyboard alone and somebody who does by mouse: a new one fails here."""

import importlib
from pathlib import Path

import pytest

from tests.browser.hands import HANDS
from tests.browser.screens import NO_SCREEN, staff_routes


def _worked(hand: str) -> set[str]:
    """Return the screens that some test of this folder says it works on by that hand; running it holds it to that."""
    found: set[str] = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        module = importlib.import_module(f"tests.browser.{file.stem}")
        tests = [each for name, each in vars(module).items() if name.startswith("test_")]
        marks = [mark for test in tests for mark in getattr(test, "pytestmark", ())]
        found |= {screen for mark in marks if mark.name == "works" for screen in mark.kwargs[hand]}
    return found


@pytest.mark.parametrize("hand", HANDS)
def test_every_screen_is_worked(hand: str) -> None:
    screens = {route.endpoint for route in staff_routes()} - set(NO_SCREEN)
    worked = _worked(hand)
    assert screens - worked == set(), f"nobody works on these by {hand}"
    assert worked - screens == set(), "there are no such screens"
