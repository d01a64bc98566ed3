"""Whatever the engine finds wrong with a profile is said in the language of who edits it."""

import re
from typing import Any

import pytest

from app import languages
from app.services.profile_words import problem_in_words
from app.services.profiles import UnusableProfile, normal_content
from scoring.profile import MAX_EXEMPLARS, MAX_TOPIC_WORDS, MAX_TOPICS
from tests.web.test_apply_languages import Marked, unsaid

TOPIC = {"id": "shops", "text": "Builds online shops", "weight": 1.0, "stance": "wants"}
BROKEN: tuple[dict[str, Any], ...] = (
    {"topics": []},
    {"topics": [TOPIC, TOPIC]},
    {"topics": [{**TOPIC, "id": str(number)} for number in range(MAX_TOPICS + 1)]},
    {"topics": [{**TOPIC, "text": "of"}]},
    {"topics": [{**TOPIC, "text": "shops " * (MAX_TOPIC_WORDS + 1)}]},
    {"topics": [{**TOPIC, "weight": 0.0}, {**TOPIC, "id": "b", "weight": None}]},
    {"topics": [TOPIC], "signals": [{"name": "shop", "weight": 200.0}]},
    {"topics": [TOPIC], "exemplars": [f"kiln{number}.com" for number in range(MAX_EXEMPLARS + 1)]},
    {"topics": [TOPIC], "exemplars": ["?!", "10.0.0.1", "printer.local", "x.zzzz", "co.uk", " "]},
    {"topics": [TOPIC], "languages": ["english"], "countries": ["Poland"]},
    {"topics": [TOPIC], "exemplar_weight": -1.0},
)


def problems_of(content: dict[str, Any]) -> list[str]:
    with pytest.raises(UnusableProfile) as refused:
        normal_content(content)
    return refused.value.problems


@pytest.mark.parametrize("content", BROKEN, ids=str)
def test_every_problem_is_said(content: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    problems = problems_of(content)
    assert [problem_in_words(each) for each in problems] == [each[:1].upper() + each[1:] for each in problems]
    monkeypatch.setattr(languages, "catalog_in_force", Marked)
    for problem in problems:
        assert not re.search(r"[^\W\d_]{2}", re.sub(r"'[^']*'", "", unsaid(problem_in_words(problem)))), problem


def test_what_nobody_translated_stays_as_the_engine_says_it() -> None:
    assert problem_in_words("topic 'a': something new") == "Topic 'a': something new"
