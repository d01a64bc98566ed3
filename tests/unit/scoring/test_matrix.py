"""A matrix is scored like each of its companies, and a preview says who moves and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.compile import compile_rules
from scoring.decisions import Decision
from scoring.errors import InputProblem
from scoring.evidence import SignalFact, SiteEvidence
from scoring.lexicon import built_in_lexicon
from scoring.matrix import SiteMatrix
from scoring.preview import preview
from scoring.profile import parse_profile
from scoring.rescore import best_mean, rescore
from tests.unit.scoring.worlds import EMBEDDER, make_scorer, make_world


def world() -> list[SiteEvidence]:
    sites = make_world(40, pages=3)
    fact = SignalFact("partner_page", "yes", "", "https://x.test/")
    sites[1] = replace(sites[1], signals=(fact,))
    sites[0] = replace(sites[0], signals=(replace(fact, name="coupon"),))
    return sites


def test_matrix_scores_equal_single_scores() -> None:
    sites, cold = world(), make_scorer()
    decisions = [Decision(site, number % 3 == 0) for number, site in enumerate(sites[:20])]
    for scorer in (cold, cold.learned(decisions, corpus=sites[20:])):
        single = [result.score for result in scorer.score_many(sites)]
        assert rescore(scorer.rules, SiteMatrix.of(sites)).scores == pytest.approx(single, abs=0.01)


def test_gates_hold_in_a_matrix() -> None:
    scorer = make_scorer()
    sites = [replace(site, language="pl") for site in world()[:3]]
    rules = replace(scorer.rules, languages=("en",))
    assert rescore(rules, SiteMatrix.of(sites)).scores.tolist() == [0.0, 0.0, 0.0]


def test_best_mean_takes_the_three_largest_of_each_segment() -> None:
    values = np.array([1.0, 5.0, 4.0, 3.0, 7.0, 2.0])
    found = best_mean(values[:, None], np.array([0, 4, 5]), np.array([4, 1, 1]))[:, 0]
    assert found.tolist() == [4.0, 7.0, 2.0]


def test_progress_reaches_the_end() -> None:
    seen: list[int] = []
    rescore(make_scorer().rules, SiteMatrix.of(world()), on_progress=seen.append)
    assert seen[-1] == 40


def test_preview_names_who_moves_and_why() -> None:
    scorer = make_scorer()
    bakeries = parse_profile({"topics": [{"id": "bread", "text": "Bakery that sells bread and cakes"}]})
    new = compile_rules(bakeries, embedder=EMBEDDER, background=scorer.background, lexicon=built_in_lexicon())
    moves = preview(scorer.rules, new, SiteMatrix.of(world()))
    assert sorted(move.rank_after for move in moves) == list(range(1, 41))
    best = min(moves, key=lambda move: move.rank_after)
    assert best.because == "bread"
    assert best.after > best.before
    assert int(best.domain.split("-")[1].split(".")[0]) % 3 != 0


def test_a_company_without_vectors_is_refused() -> None:
    with pytest.raises(InputProblem, match="1 have none"):
        SiteMatrix.of([SiteEvidence("x.test")])
