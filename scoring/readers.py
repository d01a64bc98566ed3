"""One wanted (or avoided) thing as the scorer holds it: a direction among the vectors and what is usual along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.background import Background

BEST_PASSAGES = 3
# Where a match starts to count and how fast it grows, in standard deviations above ordinary texts: set so that good
# fits of the project's own labeled companies read 60-95 and unrelated ones below 25 (docs/fit-score.md).
HALF_WAY = 2.6
STEEPNESS = 0.75
SHARE_HEAT = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A topic or a set of exemplars: `direction` (d,) unit, centered; `usual` and `spread` of ordinary texts on it."""

    id: str
    label: str
    weight: float
    wants: bool
    direction: NDArray[np.float32]
    usual: float
    spread: float

    @classmethod
    def on(
        cls, background: Background, vector: NDArray[np.float32], *, id: str, label: str, weight: float, wants: bool
    ) -> Reader:
        """Measure what is usual along a centered unit vector."""
        similarities = background.sample.astype(np.float64) @ vector.astype(np.float64)
        spread = max(float(similarities.std()), 1e-3)
        return cls(id, label, weight, wants, vector, float(similarities.mean()), spread)

    def strengths(self, centered: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return per passage how many standard deviations it lies above ordinary texts, shape (n,)."""
        similarities = np.einsum("nd,d->n", centered, self.direction, dtype=np.float64)
        return np.asarray((similarities - self.usual) / self.spread, dtype=np.float64)


def pool(strengths: NDArray[np.float64]) -> float:
    """Return the strength of a site: mostly its best passages, a little its whole text.

    The best alone would favor long sites, the mean alone would hide one clear services page among news.
    """
    best = np.sort(strengths)[-BEST_PASSAGES:]
    return float(0.8 * best.mean() + 0.2 * strengths.mean())


def match(strength: float) -> float:
    """Return the share of a part's points (0-1) that a pooled strength earns."""
    return float(1.0 / (1.0 + np.exp(-(strength - HALF_WAY) / STEEPNESS)))


def shares(strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each passage's share of a part, summing to 1: the stronger the match, the larger the share."""
    weights = np.exp((strengths - strengths.max()) * SHARE_HEAT)
    keep = np.argsort(-strengths, kind="stable")[:BEST_PASSAGES]
    chosen = np.zeros_like(weights)
    chosen[keep] = weights[keep]
    return np.asarray(chosen / chosen.sum(), dtype=np.float64)
