"""What is shown of a score adds up to the total that is shown, whatever the parts are."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import now
from app.queries.breakdown import StoredScore, apportion, break_down

STORED = StoredScore(
    id=1, score=0.0, why_null="", probability=None, confidence=0.5, parts=[], model_id="m", page_hashes={},
    profile_version=3, computed_at=now(),
)  # fmt: skip


def part(number: int, points: float, cited: list[float]) -> dict[str, object]:
    citations = [{"url": "https://a.example/", "start": 0, "end": 5, "quote": "words", "points": p} for p in cited]
    return {"id": f"t{number}", "label": f"Topic {number}", "points": points, "of": 50.0, "citations": citations}


def test_naive_rounding_would_be_off_and_largest_remainder_is_not() -> None:
    values = [10.04, 20.04, 30.04]
    assert sum(round(value, 1) for value in values) == pytest.approx(60.0)
    assert apportion(values, total=60.12) == [10.1, 20.0, 30.0]


def test_tenths_go_to_the_largest_remainders_first() -> None:

    assert apportion([0.06, 0.07, 0.07], total=0.2) == [0.0, 0.1, 0.1]


def test_zero_stays_zero_and_negative_values_round_like_the_others() -> None:
    shown = apportion([30.26, 0.0, -4.13], total=26.13)
    assert shown[1] == 0.0
    assert math.fsum(shown) == pytest.approx(26.1)
    assert shown[2] in (-4.1, -4.2)


parts_of_points = st.lists(
    st.lists(st.floats(-30, 60, allow_nan=False), min_size=1, max_size=4), min_size=1, max_size=12
)


@given(parts_of_points)
def test_displayed_parts_and_citations_always_add_up(cited: list[list[float]]) -> None:
    parts = [part(number, math.fsum(points), points) for number, points in enumerate(cited)]
    total = math.fsum(math.fsum(points) for points in cited)
    shown = break_down(replace(STORED, score=total, parts=parts), page_ids={})
    assert shown.total is not None
    assert round(10 * math.fsum(p.points for p in shown.parts)) == round(10 * shown.total)
    assert shown.adds_up
    for line in shown.parts:
        assert round(10 * math.fsum(c.points for c in line.citations)) == round(10 * line.points)


@given(parts_of_points)
def test_no_displayed_number_is_off_by_a_tenth_or_more(cited: list[list[float]]) -> None:
    parts = [part(number, math.fsum(points), points) for number, points in enumerate(cited)]
    shown = break_down(
        replace(STORED, score=math.fsum(p["points"] for p in parts), parts=parts),
        page_ids={},  # type: ignore[misc]
    )
    exact = {str(p["id"]): p["points"] for p in parts}
    assert all(abs(line.points - exact[line.id]) <= 0.1 + 1e-9 for line in shown.parts)  # type: ignore[operator]


def test_a_total_that_is_not_the_sum_is_called_out() -> None:
    shown = break_down(replace(STORED, score=40.0, parts=[part(1, 30.0, [30.0])]), page_ids={})
    assert not shown.adds_up


def test_no_number_shows_no_parts_but_the_reason() -> None:
    shown = break_down(replace(STORED, score=None, why_null="parked", parts=[]), page_ids={})
    assert (shown.total, shown.parts, shown.why_null, shown.adds_up) == (None, (), "parked", True)


def test_what_speaks_for_comes_first_by_points_and_what_counts_against_last() -> None:
    parts = [part(1, 5.0, [5.0]), {**part(2, -9.0, [-9.0]), "of": -20.0}, part(3, 30.0, [30.0])]
    shown = break_down(replace(STORED, score=26.0, parts=parts), page_ids={})
    assert [line.id for line in shown.parts] == ["t3", "t1", "t2"]
    assert [line.percent for line in shown.parts] == [60, 10, 45]


def test_citation_finds_its_saved_page_and_a_signal_has_no_place() -> None:
    signal = {
        "id": "signal:services_page", "label": "services_page", "points": 3.0, "of": 3.0,
        "citations": [{"url": "https://b.example/", "start": None, "end": None, "quote": "Services", "points": 3.0}],
    }  # fmt: skip
    shown = break_down(
        replace(STORED, score=8.0, parts=[part(1, 5.0, [5.0]), signal]), page_ids={"https://a.example/": 7}
    )
    topic, fact = shown.parts
    assert (topic.citations[0].page_id, topic.citations[0].start, topic.citations[0].end) == (7, 0, 5)
    assert (fact.label, fact.citations[0].page_id, fact.citations[0].start) == ("Services page", None, None)
