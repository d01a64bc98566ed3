"""From log-odds to a probability that means what it says: Platt scaling on decisions the model has not seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

MIN_DECISIONS = 20
MIN_OF_EACH = 4
FOLDS = 5
# The folds learn from four fifths of the decisions and say less than the whole; measured on five labeled sets, the
# chances come out right when the curve is this much steeper (docs/fit-score.md).
STEEPER = 1.15
_STEPS = 50
_PRIOR = 0.02


def calibrate(
    truth: NDArray[np.bool_], *, unseen_odds: Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]
) -> tuple[float, float] | None:
    """Return (slope, intercept) of the chance of approval in log-odds, or None below 20 decisions or 4 of a kind.

    `unseen_odds(train, held)` learns from some rows and returns the log-odds of others: on its own training rows any
    model looks surer than it is.
    """
    if len(truth) < MIN_DECISIONS or min(int(truth.sum()), int((~truth).sum())) < MIN_OF_EACH:
        return None
    odds = np.zeros(len(truth))
    folds = _folds(truth)
    for fold in range(FOLDS):
        train, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        odds[held] = unseen_odds(train, held)
    slope, intercept = platt(odds, truth)
    return (STEEPER * slope, STEEPER * intercept) if slope > 0 else (slope, intercept)


def platt(odds: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope (never negative) and intercept by Newton's method with a weak prior; deterministic."""
    rows = np.column_stack([odds, np.ones_like(odds)])
    # Platt's targets instead of 0 and 1: with few decisions a certain answer is never right.
    positives, negatives = int(truth.sum()), int((~truth).sum())
    target = np.where(truth, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    found = np.zeros(2)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        gradient = rows.T @ (chance - target) + _PRIOR * found
        curvature = (rows * (chance * (1 - chance))[:, None]).T @ rows + _PRIOR * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        found = found - step
        if float(np.abs(step).max()) < 1e-9:
            break
    if found[0] < 0:
        share = float(np.clip(target.mean(), 1e-3, 1 - 1e-3))
        return 0.0, float(np.log(share / (1 - share)))
    return float(found[0]), float(found[1])


def _folds(truth: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Deal approvals and declines in turn over the folds, in the order given: no seed, the same every time."""
    folds = np.zeros(len(truth), dtype=np.intp)
    for kind in (True, False):
        rows = np.flatnonzero(truth == kind)
        folds[rows] = np.arange(len(rows)) % FOLDS
    return folds
