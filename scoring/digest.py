"""A company's text as a few arrays: made once when it is read, so that re-ranking thousands reads no text at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.lexicon import term_ids

MOST_COUNTED = 65_535


@dataclass(frozen=True, slots=True, eq=False)
class Digest:
    """`terms` (t,) uint32 and `counts` (t,) uint16 of all passages; `mean` (d,) float32 of the raw vectors."""

    terms: NDArray[np.uint32]
    counts: NDArray[np.uint16]
    mean: NDArray[np.float32]


def digest(texts: Iterable[str], vectors: NDArray[np.floating]) -> Digest:
    """Return the digest of a company's passages and their raw vectors (n, d), n at least 1."""
    found = Counter(term for text in texts for term in term_ids(text))
    return Digest(
        np.fromiter(found, dtype=np.uint32, count=len(found)),
        np.array([min(count, MOST_COUNTED) for count in found.values()], dtype=np.uint16),
        vectors.astype(np.float32).mean(axis=0, dtype=np.float64).astype(np.float32),
    )
