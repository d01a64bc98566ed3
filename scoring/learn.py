"""Learn from decisions: a direction and words on top of the cold score, small while decisions are few.

Regularized logistic regression on two things: the cold score's log-odds and the company's whole-text vector. The
penalty on the vector is fixed, so with ten decisions it can say little and with a hundred a lot; the cold score is
scaled so that it is hardly penalized, and stays the start of everything. In a larger program the look of its best
companies and the words that mark them are added, what was approved counting as found and what was declined as not.
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
from scoring.vocabulary import Vocabulary

MIN_DECISIONS = 5
MIN_APPROVED = 1
MIN_APPROVED_ALONE = 3
VECTOR_SCALE = 2.0
COLD_SCALE = 3.0
SMALLEST_COLD_WEIGHT = 0.3
BYSTANDERS = 600
BYSTANDER_WEIGHT = 0.5
HITS = 40
HIT_WEIGHT = 0.35
MIN_CORPUS_FOR_HITS = 1_000
WORDS_WEIGHT = 0.3
WORDS_FROM = 150
FULL_WORDS_AT = 1_500
STANDS_OUT = 1.5
STANDS_OUT_FULLY = 2.5
# How far (standard deviations above STANDS_OUT) an approved company counts as standing out, and how often a decided
# company counts as much as one nobody looked at.
APPROVED_STANDS_OUT = 2.0
DECISION_WEIGHT = 5.0
# What was learned counts in full but for this many approvals (of declines, where those are fewer and no other company
# is known): half after one, nine tenths after nine. Measured: without it ten random decisions made rankings worse.
DOUBT = 1.0
# The deviation of cold log-odds that all weights above were chosen at: a strength's, 1, by its steepness.
USUAL_SPREAD = 1 / 0.75
SMALLEST_SPREAD = 0.2

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A decided company: what was seen, its cold score, and whether it was approved."""

    view: SiteView
    cold_score: float
    approved: bool


Known = Sequence[tuple[SiteView, float]]


@dataclass(frozen=True, slots=True, eq=False)
class _Program:
    """All companies, decided ones first: whole texts (n, d), cold log-odds (n,), words; `truth` of the decided.

    `cold` is in units of `spread` log-odds, so that decisions are followed as far whatever numbers a profile gives.
    """

    whole: Floats
    cold: Floats
    spread: float
    vocabulary: Vocabulary
    truth: NDArray[np.bool_]

    @property
    def others(self) -> Rows:
        """Companies nobody decided on."""
        return np.arange(len(self.truth), len(self.cold))


@dataclass(frozen=True, slots=True, eq=False)
class _Taught:
    """What is added to the cold log-odds: `direction` (d,), `words` (v,), less what an ordinary company has.

    All in units of the program's spread.
    """

    direction: Floats
    words: Floats
    usual: float

    def odds(self, program: _Program, rows: Rows) -> Floats:
        """Return the log-odds of some companies."""
        said = np.asarray(program.vocabulary.said[rows] @ self.words)
        found = program.cold[rows] + program.whole[rows] @ self.direction + said - self.usual
        return np.asarray(program.spread * found)


def learn_head(lessons: Sequence[Lesson], *, corpus: Known = ()) -> Head:
    """Return what the decisions teach; raises NotEnoughDecisions naming how many are missing.

    `corpus` holds (view, cold score) of other companies of the program. They count a little as "not chosen", which is
    what lets approvals alone teach something.
    """
    _check(lessons, corpus)
    program = _program(lessons, corpus)
    everyone = np.arange(len(lessons))
    taught = _teach(program, everyone)
    approved = int(program.truth.sum())
    calibration = calibrate(
        program.truth, unseen_odds=lambda train, held: _teach(program, train).odds(program, np.asarray(held))
    )
    return Head(
        label=f"Learned from {len(lessons)} decisions ({approved} approved)",
        direction=(program.spread * taught.direction).astype(np.float32),
        usual=program.spread * taught.usual,
        decisions=len(lessons),
        approved=approved,
        calibration=calibration,
        terms=program.vocabulary.terms(program.spread * taught.words),
        mean_length=program.vocabulary.mean_length,
    )


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


def _program(lessons: Sequence[Lesson], corpus: Known) -> _Program:
    views = [*(lesson.view for lesson in lessons), *(view for view, _ in corpus)]
    scores = [*(lesson.cold_score for lesson in lessons), *(score for _, score in corpus)]
    cold = np.array([log_odds(score) for score in scores])
    others = cold[len(lessons) :]
    spread = max(float(others.std()), SMALLEST_SPREAD) / USUAL_SPREAD if len(others) >= WORDS_FROM else 1.0
    return _Program(
        whole=np.stack([view.whole for view in views]).astype(np.float64),
        cold=cold / spread,
        spread=spread,
        vocabulary=Vocabulary.of(views),
        truth=np.array([lesson.approved for lesson in lessons]),
    )


def _teach(program: _Program, train: Rows) -> _Taught:
    """Return what some of the decisions teach; the held-out ones are not looked at."""
    direction = _toward_hits(_fit(program, train), program, train)
    words = _words(direction, program, train)
    share = _heard(program, train)
    direction, words = share * direction, share * words
    others = program.others
    if not len(others):
        return _Taught(direction, words, 0.0)
    usual = float((program.whole[others] @ direction + program.vocabulary.said[others] @ words).mean())
    return _Taught(direction, words, usual)


def _heard(program: _Program, train: Rows) -> float:
    """Return how far decisions are followed, 0-1: by the number of the rarer kind, other companies being declines."""
    approved = float(program.truth[train].sum())
    few = approved if len(program.others) else min(approved, len(train) - approved)
    return few / (few + DOUBT)


def _fit(program: _Program, train: Rows) -> Floats:
    """Return the direction in units of the cold log-odds, shape (d,)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    aside = program.others[:: max(1, len(program.others) // BYSTANDERS)]
    rows = np.concatenate([train, aside])
    truth = np.concatenate([program.truth[train], np.zeros(len(aside), dtype=bool)])
    bystander = BYSTANDER_WEIGHT * len(train) / max(1, len(aside))
    weights = np.concatenate([np.ones(len(train)), np.full(len(aside), bystander)])
    features = np.column_stack([VECTOR_SCALE * program.whole[rows], COLD_SCALE * program.cold[rows]])
    model = LogisticRegression(C=1.0, max_iter=200)
    with warnings.catch_warnings():
        # A hundredth of a percent from the optimum is still the same ranking; the result is checked by backtest.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features, truth, sample_weight=weights)
    found = np.asarray(model.coef_[0], dtype=np.float64)
    cold_weight = max(SMALLEST_COLD_WEIGHT, float(found[-1]) * COLD_SCALE)
    return found[:-1] * VECTOR_SCALE / cold_weight


def _toward_hits(direction: Floats, program: _Program, train: Rows) -> Floats:
    """Add the look of the best companies of a large corpus, known approvals first, known declines never."""
    others = program.others
    if len(others) < MIN_CORPUS_FOR_HITS:
        return direction
    whole = program.whole[others]
    odds = program.cold[others] + whole @ direction
    approved = program.whole[train][program.truth[train]]
    middle = np.vstack([whole[np.argsort(-odds, kind="stable")[:HITS]], approved]).mean(axis=0)
    middle /= max(float(np.linalg.norm(middle)), 1e-9)
    spread = max(float((whole @ middle).std()), 1e-6)
    return np.asarray(direction + HIT_WEIGHT * float(odds.std()) / spread * middle, dtype=np.float64)


def _words(direction: Floats, program: _Program, train: Rows) -> Floats:
    """Return the words (v,) of the companies that stand out by now, in units of the cold log-odds."""
    others, nothing = program.others, np.zeros(len(program.vocabulary.words))
    if len(others) < WORDS_FROM:
        return nothing
    rows = np.concatenate([train, others])
    odds = program.cold[rows] + program.whole[rows] @ direction
    spread = max(float(odds.std()), 1e-9)
    target = np.clip((odds - odds.mean()) / spread - STANDS_OUT, 0.0, STANDS_OUT_FULLY)
    approved = np.flatnonzero(program.truth[train])
    target[: len(train)] = 0.0
    target[approved] = DECISION_WEIGHT * APPROVED_STANDS_OUT
    words = program.vocabulary.clearest(target, rows=rows)
    weight = WORDS_WEIGHT * min(1.0, len(others) / FULL_WORDS_AT) * spread
    return words * (weight / max(float(np.asarray(program.vocabulary.said[others] @ words).std()), 1e-9))
