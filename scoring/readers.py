"""One wanted (or avoided) thing as the rules hold it: a direction among the vectors, its words, and what is usual."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.lexicon import saturated
from scoring.view import SiteView

BEST_PASSAGES = 3
# The whole text ranks companies best, the best passages rescue one clear services page among news: measured on the
# labeled sites, two to one (docs/fit-score.md).
WHOLE_SHARE = 2 / 3
# Standard deviations a text gains that says every word of the topic.
LEXICAL_REACH = 1.5
# Where a match starts to count and how fast it grows, in standard deviations above ordinary texts: set so that good
# fits of the labeled companies read 60-95 and unrelated ones below 25.
HALF_WAY = 2.2
STEEPNESS = 0.75
SHARE_HEAT = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A topic or a set of exemplars: unit `direction` (d,), weighted terms, and how ordinary texts lie along both."""

    id: str
    label: str
    weight: float
    wants: bool
    direction: NDArray[np.float32]
    terms: tuple[tuple[int, float], ...]
    usual: float
    spread: float
    usual_coverage: float
    mean_length: float

    def strength(self, view: SiteView) -> float:
        """Return how many standard deviations a site lies above ordinary texts."""
        whole = self._similar(view.whole[None, :])[0]
        best = np.sort(self._similar(view.centered))[-BEST_PASSAGES:].mean()
        dense = (WHOLE_SHARE * whole + (1 - WHOLE_SHARE) * best - self.usual) / self.spread
        return float(dense) + LEXICAL_REACH * (self.coverage(view) - self.usual_coverage)

    def passage_strengths(self, view: SiteView) -> NDArray[np.float64]:
        """Return the same per passage, shape (n,); decides how a part's points are shared among them."""
        dense = (self._similar(view.centered) - self.usual) / self.spread
        said = [math.fsum(weight for term, weight in self.terms if term in own) for own in view.passage_terms]
        return np.asarray(dense + LEXICAL_REACH * np.array(said), dtype=np.float64)

    def _similar(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.einsum("nd,d->n", rows, self.direction, dtype=np.float64)
        return found

    def coverage(self, view: SiteView) -> float:
        """Return how much of the words a company says; 1 where it says them all, often."""
        return math.fsum(
            weight * saturated(view.counts.get(term, 0), length=view.length, mean_length=self.mean_length)
            for term, weight in self.terms
        )


def along(sample: NDArray[np.float32], direction: NDArray[np.float32]) -> tuple[float, float]:
    """Return mean and standard deviation of ordinary texts (m, d) along a direction (d,)."""
    similarities = sample.astype(np.float64) @ direction.astype(np.float64)
    return float(similarities.mean()), max(float(similarities.std()), 1e-3)


def match(strength: float) -> float:
    """Return the share of a part's points (0-1) that a strength earns."""
    return 1.0 / (1.0 + math.exp(-(strength - HALF_WAY) / STEEPNESS))


def shares(strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each passage's share of a part, summing to 1: the best three, the stronger the larger."""
    weights = np.exp((strengths - strengths.max()) * SHARE_HEAT)
    keep = np.argsort(-strengths, kind="stable")[:BEST_PASSAGES]
    chosen = np.zeros_like(weights)
    chosen[keep] = weights[keep]
    return np.asarray(chosen / chosen.sum(), dtype=np.float64)
