"""Companies most like a chosen one, with the passages that make them so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.passages import Passage
from scoring.view import SiteView

PAIRS = 3


@dataclass(frozen=True, slots=True)
class PassagePair:
    """Two passages that say alike things; `similarity` is the cosine of the centered vectors, -1 to 1."""

    ours: Passage
    theirs: Passage
    similarity: float


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A company like the chosen one; `similarity` compares the whole texts, -1 to 1."""

    domain: str
    similarity: float
    pairs: tuple[PassagePair, ...]


def find_lookalikes(chosen: SiteView, others: Sequence[SiteView], *, limit: int = 10) -> list[LookAlike]:
    """Return the companies most like the chosen one, itself left out, best first."""
    candidates = [view for view in others if view.site.domain != chosen.site.domain]
    if not candidates:
        return []
    similar = np.stack([view.whole for view in candidates]) @ chosen.whole
    best = np.argsort(-similar, kind="stable")[:limit]
    return [
        LookAlike(candidates[row].site.domain, float(similar[row]), _pairs(chosen, candidates[row])) for row in best
    ]


def _pairs(chosen: SiteView, other: SiteView) -> tuple[PassagePair, ...]:
    """Return the closest pairs, each passage used once, so that three reasons are three different ones."""
    table = chosen.centered @ other.centered.T
    found: list[PassagePair] = []
    for _ in range(min(PAIRS, *table.shape)):
        row, column = divmod(int(table.argmax()), table.shape[1])
        found.append(PassagePair(chosen.passages[row], other.passages[column], float(table[row, column])))
        table[row, :] = -2.0
        table[:, column] = -2.0
    return tuple(found)
