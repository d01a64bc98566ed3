"""Choosing passages: every page keeps a voice, order and verbatim spans are untouched."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from scoring.choice import choose_passages
from scoring.passages import Passage


def passages(*sizes: int) -> list[Passage]:
    return [
        Passage(f"https://a.example/{page}", None, place * 10, place * 10 + 9, "text", f"{page}-{place}")
        for page, size in enumerate(sizes)
        for place in range(size)
    ]


def per_page(chosen: list[Passage]) -> list[int]:
    return list(Counter(passage.url for passage in chosen).values())


def test_a_small_site_is_kept_whole() -> None:
    assert choose_passages(passages(3, 4), limit=10) == passages(3, 4)


def test_a_long_article_does_not_drown_the_other_pages() -> None:
    assert per_page(choose_passages(passages(2, 100, 3), limit=12)) == [2, 7, 3]


def test_a_long_page_is_represented_from_its_first_line_to_its_end() -> None:
    starts = [passage.start // 10 for passage in choose_passages(passages(100), limit=5)]
    assert starts == [0, 20, 40, 60, 80]


@given(st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=12), st.integers(1, 40))
def test_the_choice_is_a_subsequence_of_just_the_size(sizes: list[int], limit: int) -> None:
    given_passages = passages(*sizes)
    chosen = choose_passages(given_passages, limit=limit)
    assert len(chosen) == min(limit, len(given_passages))
    remaining = iter(given_passages)
    assert all(passage in remaining for passage in chosen)
