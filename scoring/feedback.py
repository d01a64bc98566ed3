"""Look-alikes of the first hits: the companies a topic finds first say more about it than the sentence does.

Pseudo-relevance feedback after Rocchio: the mean of the best matches is added to the topic's direction, twice. Only
done where a corpus is given, and the result is frozen, so that a score still depends on nothing but the company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring.readers import Reader, along
from scoring.rules import Rules
from scoring.view import SiteView

MIN_CORPUS = 150
# Full weight from a thousand companies on: among a few hundred the first hits soon include strangers.
FEEDBACK_WEIGHT = 2.0
FULL_WEIGHT_AT = 1_000
ROUNDS = 2


def refine(rules: Rules, corpus: Sequence[SiteView]) -> Rules:
    """Return rules whose wanted topics also look like their first hits in the corpus; unchanged below 150 sites."""
    if len(corpus) < MIN_CORPUS:
        return rules
    whole = np.stack([view.whole for view in corpus])
    readers = tuple(
        _refined(reader, corpus, whole) if reader.wants and reader.terms else reader for reader in rules.readers
    )
    return replace(rules, readers=readers)


def first_hits(corpus_size: int) -> int:
    """Return how many first hits to learn from: about one company in eighty, 8 to 40."""
    return int(min(40, max(8, corpus_size // 80)))


def _refined(reader: Reader, corpus: Sequence[SiteView], whole: NDArray[np.float32]) -> Reader:
    base = np.array([reader.strength(view) for view in corpus])
    base = (base - base.mean()) / max(float(base.std()), 1e-9)
    strengths, hits = base, first_hits(len(corpus))
    trust = FEEDBACK_WEIGHT * min(1.0, len(corpus) / FULL_WEIGHT_AT)
    added = np.zeros_like(reader.direction)
    for _ in range(ROUNDS):
        best = np.argsort(-strengths, kind="stable")[:hits]
        middle = whole[best].mean(axis=0)
        middle /= max(float(np.linalg.norm(middle)), 1e-9)
        usual, spread = along(whole, middle)
        strengths = base + trust * (whole.astype(np.float64) @ middle - usual) / spread
        added = trust * middle / spread
    return _turned(reader, reader.direction / reader.spread + added, whole)


def _turned(reader: Reader, direction: NDArray[np.floating], whole: NDArray[np.float32]) -> Reader:
    unit = (direction / np.linalg.norm(direction)).astype(np.float32)
    usual, spread = along(whole, unit)
    return replace(reader, direction=unit, usual=usual, spread=spread)
