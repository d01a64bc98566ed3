"""What the engine finds wrong with a profile, and what a migration makes of a row, is told in the reader's language."""

from typing import Any

import pytest

from app.languages import in_language
from app.services.profiles import UnusableProfile, normal_content
from app.services.retelling import retold
from app.services.waves.row_values import wave_values
from app.web.programs.reading_form import in_words
from scoring.profile import MAX_EXEMPLARS, MAX_TOPIC_WORDS, MAX_TOPICS

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
@pytest.mark.parametrize("language", ["pl", "de"])
def test_every_problem_is_said(content: dict[str, Any], language: str) -> None:
    problems = problems_of(content)
    assert [in_words(each) for each in problems] == [each[:1].upper() + each[1:] for each in problems]
    for problem in problems:
        about, _colon, wrong = problem.rpartition(": ")
        with in_language(language, is_staff=True):
            said = in_words(problem)
        assert wrong not in said
        assert not about or not said.startswith(in_words(about)), said


def test_what_nobody_translated_stays_as_the_engine_says_it() -> None:
    with in_language("de", is_staff=True):
        assert in_words("profile: something new") == "Profile: something new"


def test_what_a_migration_makes_of_a_row_is_told_again() -> None:
    columns = {"revenue": "revenue", "leads": "leads"}
    remarks = wave_values({"revenue": "lots", "leads": "some"}, columns, currency="EUR").remarks
    remarks += wave_values({"revenue": "$12", "leads": "3"}, columns, currency="EUR").remarks
    assert len(remarks) == 3
    with in_language("pl", is_staff=True):
        told = retold(" ".join(remarks))
    assert not any(remark in told for remark in remarks), told
    assert "„lots”" in told
