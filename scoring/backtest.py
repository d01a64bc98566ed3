"""What the score would have been worth on decisions already made: learned before a moment, judged after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from scoring.decisions import Decision
from scoring.errors import NotEnoughDecisions
from scoring.evidence import SiteEvidence
from scoring.lexicon import term_ids
from scoring.metrics import Auc, CalibrationBin, auc, calibration, calibration_error, precision_at
from scoring.rules import judge
from scoring.score import Scorer

TRAIN_TENTHS = 7
MIN_TEST = 10
MIN_OF_EACH = 3
# The fewest decisions whose later 30 % are ten.
MIN_DECISIONS = 33


@dataclass(frozen=True, slots=True)
class Ranking:
    """One way to order the test companies: its AUC and precision at k, None where it cannot be said."""

    name: str
    auc: Auc | None
    precision: float | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """The result of a backtest; `verdict` says in words what can and cannot be concluded.

    `missing` is how many more decisions are needed at least before anything can be said, `split_at` the moment of the
    first decision that judges, `is_worse` whether the learned score surely ranks worse than today's weights.
    """

    verdict: str
    enough: bool
    trained_on: int
    tested_on: int
    approved_in_test: int
    k: int
    rankings: tuple[Ranking, ...]
    calibration: tuple[CalibrationBin, ...]
    calibration_error: float | None
    missed: tuple[str, ...]
    missing: int = 0
    split_at: datetime | None = None
    is_worse: bool = False


def run_backtest(
    scorer: Scorer, decisions: Sequence[Decision], *, k: int = 10, corpus: Sequence[SiteEvidence] = ()
) -> Backtest:
    """Return how the learned score, today's weights, keywords and "newest first" rank the later decisions.

    Decisions are ordered by `decided_at` where all have one, else taken in the order given; the first 70 % teach.
    `k` is how many mails the team sends in a week. Companies without a number rank last.
    """
    ordered = _in_time(decisions)
    cut = len(ordered) * TRAIN_TENTHS // 10
    train, test = ordered[:cut], ordered[cut:]
    truth = [decision.approved for decision in test]
    if len(test) < MIN_TEST or min(sum(truth), len(truth) - sum(truth)) < MIN_OF_EACH:
        return _nothing(train, test, k)
    try:
        learned, said = scorer.learned(train, corpus=corpus), ""
    except NotEnoughDecisions as problem:
        learned, said = scorer, f"Nothing could be learned ({problem}). "
    judged = [_judged(learned, decision.site) for decision in test]
    scores = [score for score, _ in judged]
    rankings = (
        _ranking("learned", scores, truth, k),
        _ranking("current_weights", [_judged(scorer, decision.site)[0] for decision in test], truth, k),
        _ranking("keyword_count", [_keywords(scorer, decision.site) for decision in test], truth, k),
        _ranking("newest_first", [float(place) for place in range(len(test))], truth, k),
    )
    chances = [(chance, ok) for (_, chance), ok in zip(judged, truth, strict=True) if chance is not None]
    bins = calibration([p for p, _ in chances], [ok for _, ok in chances])
    best = set(np.argsort(-np.array(scores), kind="stable")[:k].tolist())
    missed = tuple(d.site.domain for row, d in enumerate(test) if d.approved and row not in best)
    return Backtest(
        verdict=said + _verdict(rankings),
        enough=True,
        trained_on=len(train),
        tested_on=len(test),
        approved_in_test=sum(truth),
        k=k,
        rankings=rankings,
        calibration=tuple(bins),
        calibration_error=calibration_error(bins) if bins else None,
        missed=missed,
        split_at=test[0].decided_at,
        is_worse=_is_worse(rankings),
    )


def _in_time(decisions: Sequence[Decision]) -> list[Decision]:
    dated = [(decision.decided_at, decision) for decision in decisions if decision.decided_at is not None]
    if len(dated) < len(decisions):
        return list(decisions)
    return [decision for _, decision in sorted(dated, key=lambda pair: pair[0])]


def _ranking(name: str, scores: Sequence[float], truth: Sequence[bool], k: int) -> Ranking:
    return Ranking(name, auc(scores, truth), precision_at(scores, truth, k=k))


def _judged(scorer: Scorer, site: SiteEvidence) -> tuple[float, float | None]:
    """Return score and chance of approval; -1 where there is no number, so that it ranks last."""
    view = scorer.view(site)
    if view is None:
        return -1.0, None
    found = judge(scorer.rules, view)
    return found.score, scorer.rules.head.probability(found.log_odds) if scorer.rules.head else None


def _keywords(scorer: Scorer, site: SiteEvidence) -> float:
    """Count the words of the wanted topics on the site: what a spreadsheet filter would do."""
    wanted = {term for topic in scorer.profile.wants for term in term_ids(topic.text)}
    return float(sum(term in wanted for passage in site.passages for term in term_ids(passage.text)))


def _verdict(rankings: Sequence[Ranking]) -> str:
    learned, today = rankings[0].auc, rankings[1].auc
    if learned is None or today is None:
        return "Not enough to say."
    words = f"Learned {learned.value:.3f} ({learned.low:.3f}-{learned.high:.3f}), today's weights {today.value:.3f}"
    if learned.low > today.value:
        return f"{words}: better than today's weights."
    if learned.high < today.value:
        return f"{words}: worse than today's weights; do not adopt it."
    return f"{words}: not enough to say which is better, the interval holds both."


def _is_worse(rankings: Sequence[Ranking]) -> bool:
    learned, today = rankings[0].auc, rankings[1].auc
    return learned is not None and today is not None and learned.high < today.value


def _nothing(train: Sequence[Decision], test: Sequence[Decision], k: int) -> Backtest:
    approved = sum(decision.approved for decision in test)
    fewest = min(approved, len(test) - approved)
    missing = max(MIN_DECISIONS - len(train) - len(test), MIN_OF_EACH - fewest)
    words = (
        f"Not enough to say: the later 30 % hold {len(test)} decisions ({approved} approved), and at least {MIN_TEST} "
        f"with {MIN_OF_EACH} of each kind are needed. At least {missing} more decisions are missing; the backtest "
        "grows with every one."
    )
    return Backtest(words, False, len(train), len(test), approved, k, (), (), None, (), missing)
