"""What was learned from decisions: one direction added to the cold score's log-odds, and a calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PART_ID = "learned"
_FLOOR = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """`direction` (d,) in log-odds per unit of the whole text; `calibration` (slope, intercept) or None."""

    label: str
    direction: NDArray[np.float32]
    usual: float
    decisions: int
    approved: int
    calibration: tuple[float, float] | None = None

    def correction(self, whole: NDArray[np.float32]) -> float:
        """Return the log-odds to add for a company with this whole-text direction (d,)."""
        return float(np.einsum("d,d->", whole, self.direction, dtype=np.float64)) - self.usual

    def lean(self, centered: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return per passage (n, d) how far it leans toward approval, shape (n,)."""
        found: NDArray[np.float64] = np.einsum("nd,d->n", centered, self.direction, dtype=np.float64)
        return found - self.usual

    def probability(self, log_odds: float) -> float | None:
        """Return the calibrated chance of approval, or None while decisions are too few to calibrate."""
        if self.calibration is None:
            return None
        slope, intercept = self.calibration
        return expit(slope * log_odds + intercept)


def log_odds(score: float) -> float:
    """Return the log-odds of a 0-100 score, held inside (0.1, 99.9) so that it stays finite."""
    share = min(1 - _FLOOR, max(_FLOOR, score / 100.0))
    return math.log(share / (1 - share))


def expit(value: float) -> float:
    """Return the logistic function, safe for large values of either sign."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    grown = math.exp(value)
    return grown / (1.0 + grown)
