"""What was learned from decisions: a direction and words added to the cold score's log-odds, and a calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.lexicon import saturated
from scoring.view import SiteView

PART_ID = "learned"
_FLOOR = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What is added to the cold log-odds, less the `usual` company's share; `calibration` (slope, intercept) or None.

    `direction` (d,) counts per unit of the whole text, `terms` per fully said word of a text of `mean_length` terms.
    """

    label: str
    direction: NDArray[np.float32]
    usual: float
    decisions: int
    approved: int
    calibration: tuple[float, float] | None = None
    terms: tuple[tuple[int, float], ...] = ()
    mean_length: float = 1.0

    def correction(self, view: SiteView) -> float:
        """Return the log-odds to add for a company."""
        said = math.fsum(
            weight * saturated(view.counts.get(term, 0), length=view.length, mean_length=self.mean_length)
            for term, weight in self.terms
        )
        return float(np.einsum("d,d->", view.whole, self.direction, dtype=np.float64)) + said - self.usual

    def lean(self, view: SiteView) -> NDArray[np.float64]:
        """Return per passage how far it leans toward approval, shape (n,)."""
        found: NDArray[np.float64] = np.einsum("nd,d->n", view.centered, self.direction, dtype=np.float64)
        said = [math.fsum(weight for term, weight in self.terms if term in own) for own in view.passage_terms]
        return np.asarray(found + np.array(said) - self.usual, dtype=np.float64)

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
