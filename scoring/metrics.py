"""How good a ranking or a probability is: AUC with interval, precision at k, calibration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = Sequence[float] | NDArray[np.float64]
Truth = Sequence[bool] | NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Auc:
    """Area under the ROC curve with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Companies whose probability fell between `low` and `high`: mean probability said, share approved."""

    low: float
    high: float
    count: int
    said: float
    approved: float


def auc(scores: Scores, truth: Truth) -> Auc | None:
    """Return the AUC with DeLong's interval, or None when only one kind is present.

    DeLong, DeLong, Clarke-Pearson 1988: the variance comes from how often each approved company beats the declined
    ones and the other way round; ties count half.
    """
    values, kinds = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=bool)
    good, bad = values[kinds], values[~kinds]
    if not len(good) or not len(bad):
        return None
    wins = (good[:, None] > bad).astype(np.float64) + 0.5 * (good[:, None] == bad)
    area = float(wins.mean())
    per_good, per_bad = wins.mean(axis=1), wins.mean(axis=0)
    variance = sum(float(part.var(ddof=1)) / len(part) for part in (per_good, per_bad) if len(part) > 1)
    # A perfect ranking has no variance by DeLong; Hanley's rule of three keeps the interval honest then.
    reach = max(1.96 * math.sqrt(variance), 3.0 / max(3.0, float(min(len(good), len(bad)))) * (1 - area + 0.05))
    return Auc(area, max(0.0, area - reach), min(1.0, area + reach))


def precision_at(scores: Scores, truth: Truth, *, k: int) -> float | None:
    """Return the share of approved among the k best, ties broken by order; None without rows."""
    values, kinds = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=bool)
    k = min(k, len(values))
    return float(kinds[np.argsort(-values, kind="stable")[:k]].mean()) if k else None


def calibration(chances: Scores, truth: Truth, *, bins: int = 10) -> list[CalibrationBin]:
    """Return the filled bins of a calibration plot."""
    said, kinds = np.asarray(chances, dtype=np.float64), np.asarray(truth, dtype=bool)
    place = np.minimum((said * bins).astype(int), bins - 1)
    return [
        CalibrationBin(b / bins, (b + 1) / bins, int(own.sum()), float(said[own].mean()), float(kinds[own].mean()))
        for b in range(bins)
        if (own := place == b).any()
    ]


def calibration_error(bins: Sequence[CalibrationBin]) -> float:
    """Return the expected calibration error: the mean gap between said and approved, weighted by count."""
    whole = sum(b.count for b in bins)
    return math.fsum(b.count * abs(b.said - b.approved) for b in bins) / whole if whole else 0.0
