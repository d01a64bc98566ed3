"""A profile is refused with every problem named at once."""

from __future__ import annotations

import pytest

from scoring.errors import ProfileError
from scoring.profile import parse_profile


def problems_of(data: object) -> list[str]:
    with pytest.raises(ProfileError) as caught:
        parse_profile(data)  # type: ignore[arg-type]
    return caught.value.problems


def test_every_problem_is_named() -> None:
    found = problems_of(
        {
            "topics": [
                {"id": "a", "text": "", "weight": 1},
                {"id": "b", "text": "Builds online shops", "weight": 0},
                {"id": "c", "text": "Builds online shops", "weight": float("nan")},
                {"id": "c", "text": "word " * 10_000},
                {"id": "e", "text": "Builds online shops", "stance": "loves"},
                "nonsense",
            ],
            "exemplars": ["not a domain"],
            "languages": "en",
        }
    )
    joined = "\n".join(found)
    for expected in (
        "'a'",
        "'b'",
        "nan",
        "10,000 words",
        "more than once",
        "loves",
        "topic 6",
        "exemplars",
        "languages",
    ):
        assert expected in joined


def test_empty_and_oversized_profiles() -> None:
    assert "add at least one topic" in problems_of({"topics": []})[0]
    assert "add at least one topic" in problems_of({"topics": [{"text": "Casino portal", "stance": "avoids"}]})[0]
    assert "200 topics" in problems_of({"topics": [{"text": "Builds shops"}] * 200})[0]
    assert "JSON object" in problems_of([])[0]


def test_exemplars_alone_are_enough() -> None:
    profile = parse_profile({"exemplars": ["Example.com", "example.com"]})
    assert profile.exemplars == ("example.com",)


def test_defaults_and_ids() -> None:
    topic = parse_profile({"topics": [{"text": "Builds  online shops"}]}).topics[0]
    assert (topic.id, topic.text, topic.weight, topic.stance) == (
        "builds-online-shops",
        "Builds online shops",
        1.0,
        "wants",
    )
