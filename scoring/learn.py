"""Learn from decisions: a direction on top of the cold score, pulled toward zero while decisions are few.

Regularized logistic regression on two things: the cold score's log-odds and the company's whole-text vector. The
penalty on the vector is fixed, so with ten decisions it can say little and with a hundred a lot; the cold score is
scaled so that it is hardly penalized, and stays the start of everything.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.calibrate import calibrate
from scoring.errors import NotEnoughDecisions
from scoring.head import Head, log_odds
from scoring.view import SiteView

MIN_DECISIONS = 5
MIN_APPROVED = 1
MIN_APPROVED_ALONE = 3
VECTOR_SCALE = 3.0
COLD_SCALE = 3.0
SMALLEST_COLD_WEIGHT = 0.3
BYSTANDERS = 600
BYSTANDER_WEIGHT = 0.5
HITS = 40
HIT_WEIGHT = 0.7
MIN_CORPUS_FOR_HITS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A decided company: what was seen, its cold score, and whether it was approved."""

    view: SiteView
    cold_score: float
    approved: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Rows to learn from: whole-text vectors (n, d), cold log-odds (n,), truth (n,)."""

    whole: NDArray[np.float64]
    cold: NDArray[np.float64]
    truth: NDArray[np.bool_]


Known = Sequence[tuple[NDArray[np.float32], float]]


def learn_head(lessons: Sequence[Lesson], *, corpus: Known = ()) -> Head:
    """Return what the decisions teach; raises NotEnoughDecisions naming how many are missing.

    `corpus` holds (whole-text vector (d,), cold score) of other companies of the program. They count a little as "not
    chosen", which is what lets approvals alone teach something.
    """
    _check(lessons, corpus)
    table = _Table(
        np.stack([lesson.view.whole for lesson in lessons]).astype(np.float64),
        np.array([log_odds(lesson.cold_score) for lesson in lessons]),
        np.array([lesson.approved for lesson in lessons]),
    )
    others = _table_of(corpus, table)
    direction, usual = _direction(table, others)
    approved = int(table.truth.sum())
    label = f"Learned from {len(lessons)} decisions ({approved} approved)"

    def unseen_odds(train: NDArray[np.intp], held: NDArray[np.intp]) -> NDArray[np.float64]:
        some, offset = _direction(_Table(table.whole[train], table.cold[train], table.truth[train]), others)
        return np.asarray(table.cold[held] + table.whole[held] @ some - offset, dtype=np.float64)

    calibration = calibrate(table.truth, unseen_odds=unseen_odds)
    return Head(label, direction.astype(np.float32), usual, len(lessons), approved, calibration)


def _direction(table: _Table, others: _Table) -> tuple[NDArray[np.float64], float]:
    """Return the direction (d,) and what an ordinary company of the program has along it."""
    direction = _toward_hits(_fit(table, others), table, others)
    return direction, float((others.whole @ direction).mean()) if len(others.cold) else 0.0


def _check(lessons: Sequence[Lesson], corpus: Known) -> None:
    approved = sum(lesson.approved for lesson in lessons)
    declined = len(lessons) - approved
    if approved < MIN_APPROVED:
        raise NotEnoughDecisions(
            f"learning needs at least {MIN_APPROVED} approved company, none of {len(lessons)} is; approve one first",
            missing=MIN_APPROVED,
        )
    if declined == 0 and approved >= MIN_APPROVED_ALONE and len(corpus) > 0:
        return
    missing = MIN_DECISIONS - len(lessons)
    if missing > 0:
        raise NotEnoughDecisions(
            f"learning needs at least {MIN_DECISIONS} decisions on readable companies; {missing} more to go",
            missing=missing,
        )
    if declined == 0 and len(corpus) == 0:
        raise NotEnoughDecisions(
            "all decisions are approvals and no other company is known to compare with; decline one or import more",
            missing=1,
        )


def _table_of(corpus: Known, like: _Table) -> _Table:
    if not corpus:
        return _Table(np.zeros((0, like.whole.shape[1])), np.zeros(0), np.zeros(0, dtype=bool))
    whole = np.stack([vector for vector, _ in corpus]).astype(np.float64)
    return _Table(whole, np.array([log_odds(score) for _, score in corpus]), np.zeros(len(corpus), dtype=bool))


def _fit(table: _Table, others: _Table) -> NDArray[np.float64]:
    """Return the direction in units of the cold log-odds, shape (d,)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    step = max(1, len(others.cold) // BYSTANDERS)
    aside = slice(None, None, step)
    whole = np.vstack([table.whole, others.whole[aside]])
    cold = np.concatenate([table.cold, others.cold[aside]])
    truth = np.concatenate([table.truth, others.truth[aside]])
    bystander = BYSTANDER_WEIGHT * len(table.cold) / max(1, len(others.cold[aside]))
    weights = np.concatenate([np.ones(len(table.cold)), np.full(len(others.cold[aside]), bystander)])
    model = LogisticRegression(C=1.0, max_iter=200)
    with warnings.catch_warnings():
        # A hundredth of a percent from the optimum is still the same ranking; the result is checked by backtest.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(np.column_stack([VECTOR_SCALE * whole, COLD_SCALE * cold]), truth, sample_weight=weights)
    found = np.asarray(model.coef_[0], dtype=np.float64)
    cold_weight = max(SMALLEST_COLD_WEIGHT, float(found[-1]) * COLD_SCALE)
    return found[:-1] * VECTOR_SCALE / cold_weight


def _toward_hits(direction: NDArray[np.float64], table: _Table, others: _Table) -> NDArray[np.float64]:
    """Add the look of the best companies of a large corpus, known approvals first, known declines never."""
    if len(others.cold) < MIN_CORPUS_FOR_HITS:
        return direction
    odds = others.cold + others.whole @ direction
    best = others.whole[np.argsort(-odds, kind="stable")[:HITS]]
    middle = np.vstack([best, table.whole[table.truth]]).mean(axis=0)
    middle /= max(float(np.linalg.norm(middle)), 1e-9)
    spread = max(float((others.whole @ middle).std()), 1e-6)
    return np.asarray(direction + HIT_WEIGHT * float(odds.std()) / spread * middle, dtype=np.float64)
