"""Learning moves the ranking toward the decisions, refuses too few, and is calibrated."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.calibrate import calibrate, platt
from scoring.decisions import Decision
from scoring.errors import NotEnoughDecisions
from scoring.evidence import SiteEvidence
from scoring.metrics import auc, calibration, calibration_error
from scoring.score import Scorer
from tests.unit.scoring.worlds import make_scorer, make_site, make_world, write

WOODEN = "wooden toys puzzles nursery furniture carved beech"
STEEL = "steel welding beams bridges cutting lathe"


def taste(number: int) -> SiteEvidence:
    """Companies the profile says nothing about: only decisions can tell them apart."""
    words = WOODEN if number % 2 else STEEL
    return make_site(write(words + " workshop orders delivery team", seed=number), domain=f"t-{number}.test")


def approves(number: int) -> bool:
    return number % 2 == 0


@pytest.fixture(scope="module")
def learned() -> Scorer:
    decisions = [Decision(taste(n), approves(n)) for n in range(40)]
    return make_scorer().learned(decisions, corpus=make_world(30))


def test_decisions_teach_what_the_profile_does_not_say(learned: Scorer) -> None:
    held_back = range(100, 140)
    cold = make_scorer()
    truth = [approves(n) for n in held_back]
    before = auc([cold.score(taste(n)).score or 0 for n in held_back], truth)
    after = auc([learned.score(taste(n)).score or 0 for n in held_back], truth)
    assert before is not None
    assert after is not None
    assert after.value > 0.9 > before.value


def test_probabilities_are_calibrated_on_unseen_companies(learned: Scorer) -> None:
    held_back = range(200, 260)
    chances = [learned.score(taste(n)).probability for n in held_back]
    assert all(chance is not None and 0 < chance < 1 for chance in chances)
    bins = calibration([chance or 0 for chance in chances], [approves(n) for n in held_back])
    assert calibration_error(bins) < 0.15


def test_too_few_decisions_are_refused_with_how_many_are_missing() -> None:
    with pytest.raises(NotEnoughDecisions, match="3 more to go") as caught:
        make_scorer().learned([Decision(taste(1), True), Decision(taste(2), False)])
    assert caught.value.missing == 3


def test_all_declined_is_refused() -> None:
    with pytest.raises(NotEnoughDecisions, match="approve one first"):
        make_scorer().learned([Decision(taste(n), False) for n in range(8)])


def test_approvals_alone_work_beside_other_companies() -> None:
    approvals = [Decision(taste(n), True) for n in (2, 4, 6)]
    with pytest.raises(NotEnoughDecisions, match="more to go"):
        make_scorer().learned(approvals)
    scorer = make_scorer().learned(approvals, corpus=[taste(n) for n in range(41, 80, 2)])
    liked, other = scorer.score(taste(102)), scorer.score(taste(101))
    assert (liked.score or 0) > (other.score or 0)
    assert liked.probability is None


def test_unreadable_companies_do_not_count_as_decisions() -> None:
    silent = [Decision(SiteEvidence(f"x-{n}.test", unreadable="parked"), True) for n in range(20)]
    with pytest.raises(NotEnoughDecisions):
        make_scorer().learned(silent)


def test_platt_recovers_a_known_curve() -> None:
    draw = np.random.default_rng(5)
    odds = draw.normal(size=4_000) * 2
    truth = draw.random(4_000) < 1 / (1 + np.exp(-(0.7 * odds - 0.5)))
    slope, intercept = platt(odds, truth)
    assert slope == pytest.approx(0.7, abs=0.06)
    assert intercept == pytest.approx(-0.5, abs=0.1)


def test_platt_never_turns_a_ranking_around() -> None:
    odds = np.linspace(-3, 3, 60)
    assert platt(odds, odds < 0)[0] == 0.0


def test_the_curve_of_the_folds_is_made_steeper() -> None:
    truth = np.arange(40) % 2 == 0
    odds = np.where(truth, 1.0, -1.0) * np.where(np.arange(40) % 8 < 6, 1.0, -1.0)
    slope, intercept = platt(odds, truth)
    assert slope > 0
    found = calibrate(truth, unseen_odds=lambda train, held: odds[held])
    assert found == pytest.approx((1.15 * slope, 1.15 * intercept))
    assert calibrate(truth, unseen_odds=lambda train, held: -odds[held]) == platt(-odds, truth)


def test_no_calibration_below_twenty_decisions() -> None:
    truth = np.arange(19) % 2 == 0
    assert calibrate(truth, unseen_odds=lambda train, held: np.zeros(len(held))) is None


def test_one_approval_is_followed_half_way(monkeypatch: pytest.MonkeyPatch) -> None:
    decisions = [Decision(taste(n), n == 2) for n in (1, 2, 3, 5, 7)]
    heard = make_scorer().learned(decisions, corpus=make_world(30)).rules.head
    monkeypatch.setattr("scoring.learn.DOUBT", 0.0)
    followed = make_scorer().learned(decisions, corpus=make_world(30)).rules.head
    assert heard is not None
    assert followed is not None
    assert heard.direction == pytest.approx(0.5 * followed.direction, abs=1e-6)
    assert heard.usual == pytest.approx(0.5 * followed.usual)
