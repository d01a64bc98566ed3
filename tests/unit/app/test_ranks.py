"""Ranks: always room between two, always in order, short when appended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.ranks import DIGITS, MAX_RANK_LENGTH, rank_between


@given(st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=80))
def test_inserting_anywhere_keeps_the_order(positions: list[int]) -> None:
    ranks: list[str] = []
    for position in positions:
        at = position % (len(ranks) + 1)
        before = ranks[at - 1] if at else None
        after = ranks[at] if at < len(ranks) else None
        ranks.insert(at, rank_between(before, after))
    assert ranks == sorted(set(ranks))
    assert not any(rank.endswith(DIGITS[0]) for rank in ranks)


def test_appending_keeps_keys_short() -> None:
    rank: str | None = None
    for _ in range(20_000):
        following = rank_between(rank, None)
        assert rank is None or rank < following
        rank = following
    assert rank is not None
    assert len(rank) == 8


def test_a_thousand_moves_below_the_same_card_fit_the_column() -> None:
    first = rank_between(None, None)
    following = rank_between(first, None)
    for _ in range(1000):
        following = rank_between(first, following)
    assert len(following) <= MAX_RANK_LENGTH


def test_ranks_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="does not come before"):
        rank_between("b", "a")


def test_arriving_on_top_keeps_keys_short() -> None:
    top = rank_between(None, None)
    for _ in range(20_000):
        above = rank_between(None, top)
        assert above < top
        top = above
    assert len(top) == 8


@pytest.mark.parametrize("edge", ["0000001", "00000001", "01", "1"])
def test_the_floor_still_has_room_below(edge: str) -> None:
    below = rank_between(None, edge)
    assert below < edge
    assert rank_between(None, below) < below


def test_the_ceiling_still_has_room_above() -> None:
    assert rank_between("z" * 8, None) > "z" * 8
