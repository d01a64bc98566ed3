"""Look-alikes, what to review next, first hits, backtests and their measures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scoring.backtest import run_backtest
from scoring.decisions import Decision
from scoring.feedback import first_hits
from scoring.lookalikes import find_lookalikes
from scoring.metrics import auc, calibration, calibration_error, precision_at
from scoring.review import ReviewReason, review_next
from scoring.score import Scorer
from scoring.view import SiteView
from tests.unit.scoring.worlds import EMBEDDER, PROFILE, make_scorer, make_world


def views(scorer: Scorer, count: int) -> list[SiteView]:
    return [view for site in make_world(count) if (view := scorer.view(site))]


def number_of(domain: str) -> int:
    return int(domain.split("-")[1].split(".")[0])


def test_lookalikes_are_alike_and_show_the_passages() -> None:
    world = views(make_scorer(), 30)
    found = find_lookalikes(world[0], world, limit=5)
    assert len(found) == 5
    assert all(number_of(alike.domain) % 3 == 0 for alike in found)
    assert world[0].site.domain not in {alike.domain for alike in found}
    for pair in found[0].pairs:
        assert pair.ours in world[0].passages
        assert -1 <= pair.similarity <= 1.001
    assert find_lookalikes(world[0], world[:1]) == []


def test_review_next_asks_about_the_unsure_and_adds_controls() -> None:
    scorer = make_scorer()
    found = review_next(scorer.rules, views(scorer, 40), limit=10, controls=2)
    assert [s.reason for s in found] == [ReviewReason.UNSURE] * 10 + [ReviewReason.CONTROL] * 2
    assert len({s.domain for s in found}) == 12
    assert found[0].value == max(s.value for s in found)
    assert review_next(scorer.rules, []) == []


def test_a_corpus_of_first_hits_lifts_look_alikes() -> None:
    assert (first_hits(150), first_hits(1_600), first_hits(100_000)) == (8, 20, 40)
    sites = make_world(200)
    tuned = Scorer.for_corpus(PROFILE, sites, embedder=EMBEDDER)
    truth = [number % 3 == 0 for number in range(200)]
    area = auc([tuned.score(site).score or 0 for site in sites], truth)
    assert area is not None
    assert area.value > 0.99


def decisions(count: int) -> list[Decision]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [Decision(s, n % 3 == 0, start + timedelta(days=n)) for n, s in enumerate(make_world(count))]


def test_a_backtest_learns_before_and_judges_after() -> None:
    shuffled = sorted(decisions(90), key=lambda d: d.site.domain)
    result = run_backtest(make_scorer(), shuffled, k=5)
    assert result.enough
    assert (result.trained_on, result.tested_on) == (63, 27)
    by_name = {ranking.name: ranking for ranking in result.rankings}
    assert set(by_name) == {"learned", "current_weights", "keyword_count", "newest_first"}
    learned, newest = by_name["learned"].auc, by_name["newest_first"].auc
    assert learned is not None
    assert newest is not None
    assert learned.value > 0.95 > newest.value
    assert by_name["learned"].precision == 1.0
    assert result.approved_in_test == 9
    assert len(result.missed) == 4


def test_a_small_backtest_says_so() -> None:
    result = run_backtest(make_scorer(), decisions(12))
    assert not result.enough
    assert "Not enough to say" in result.verdict
    assert result.rankings == ()


def test_measures_by_hand() -> None:
    truth = [True, True, False, False]
    area = auc([4, 2, 3, 1], truth)
    assert area is not None
    assert area.value == 0.75
    assert 0 <= area.low < 0.75 < area.high <= 1
    assert auc([1.0, 2.0], [True, True]) is None
    assert precision_at([4, 2, 3, 1], truth, k=2) == 0.5
    assert precision_at([], [], k=2) is None
    bins = calibration([0.1, 0.1, 0.9, 0.9], [False, False, True, False])
    assert calibration_error(bins) == pytest.approx(0.5 * 0.1 + 0.5 * 0.4)
