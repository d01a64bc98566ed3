"""Σ parts = score and every quote is verbatim, whatever is scored and whether or not anything was learned."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.decisions import Decision
from scoring.evidence import SignalFact, SiteEvidence
from scoring.passages import PageText, cut_passages
from scoring.result import FitScore
from scoring.score import Scorer
from tests.unit.scoring.worlds import AGENCY, BAKERY, CASINO, make_scorer, make_world

WORDS = st.sampled_from(f"{AGENCY} {BAKERY} {CASINO} the and of with.".split())
TEXTS = st.lists(st.lists(WORDS, min_size=4, max_size=150).map(" ".join), min_size=1, max_size=4)
SIGNALS = st.lists(st.sampled_from(["partner_page", "coupon", "other"]), max_size=4)


@pytest.fixture(scope="module")
def scorers() -> list[Scorer]:
    cold, world = make_scorer(), make_world(60)
    decisions = [Decision(site, number % 3 == 0) for number, site in enumerate(world[:30])]
    return [cold, cold.learned(decisions, corpus=world[30:])]


@given(texts=TEXTS, names=SIGNALS, language=st.sampled_from([None, "en", "de"]))
@settings(max_examples=80, deadline=None)
def test_points_add_up_and_quotes_are_verbatim(
    scorers: list[Scorer], texts: list[str], names: list[str], language: str | None
) -> None:
    pages = [PageText(f"https://a.test/{number}", None, text) for number, text in enumerate(texts)]
    facts = [SignalFact(name, "yes", pages[0].text[:20], pages[0].url) for name in names]
    site = SiteEvidence("a.test", cut_passages(pages), signals=facts, language=language)
    for scorer in scorers:
        check(scorer.score(site), {page.url: page.text for page in pages})


def check(result: FitScore, pages: dict[str, str]) -> None:
    if result.score is None:
        assert result.why_null
        assert result.parts == ()
        return
    assert 0 <= result.score <= 100
    assert math.fsum(part.points for part in result.parts) == pytest.approx(result.score, abs=1e-6)
    for part in result.parts:
        assert part.points == pytest.approx(math.fsum(c.points for c in part.citations), abs=1e-6)
        assert abs(part.points) <= abs(part.of) + 1e-6
        for cited in part.citations:
            if cited.end:
                assert pages[cited.url][cited.start : cited.end] == cited.quote


def test_a_gate_takes_everything_and_says_so() -> None:
    from dataclasses import replace

    scorer = make_scorer()
    gated = scorer.with_rules(replace(scorer.rules, languages=("en",)))
    result = gated.score(replace(make_world(1)[0], language="pl"))
    assert result.score == pytest.approx(0.0, abs=1e-9)
    assert "language pl" in result.parts[-1].label
