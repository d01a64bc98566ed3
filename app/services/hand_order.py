"""The order that people give to rows by hand: a number each, the first is 1."""

from collections.abc import Sequence
from typing import Protocol


class Placed(Protocol):
    """A row that stands at a place among others."""

    id: int
    position: int


def move_up(known: Sequence[Placed], row: Placed) -> bool:
    """Move a row one place up among those it stands with, in their order; False where it is first or not there."""
    rows = list(known)
    place = next((index for index, each in enumerate(rows) if each.id == row.id), 0)
    if place == 0:
        return False
    rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for number, each in enumerate(rows, start=1):
        each.position = number
    return True
