"""The lexical part of a match: how much of what a topic says is also said in the company's own words.

Terms are 32-bit hashes, so that the terms of a hundred thousand companies fit in memory beside their vectors and a
single company and a whole matrix are scored by the same numbers.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scoring.background import background_texts
from scoring.words import terms

# BM25's saturation and length weight, softened: a short description must not lose to a long one.
SATURATION = 1.2
LENGTH_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Lexicon:
    """In how many of `documents` texts each term occurs, and their mean length in terms."""

    documents: int
    frequencies: Mapping[int, int]
    mean_length: float

    @classmethod
    def of(cls, texts: Iterable[str]) -> Lexicon:
        """Count the terms of a corpus of company texts."""
        frequencies: Counter[int] = Counter()
        documents = length = 0
        for text in texts:
            found = term_ids(text)
            frequencies.update(set(found))
            documents += 1
            length += len(found)
        return cls(documents, dict(frequencies), max(1.0, length / max(1, documents)))

    @classmethod
    def of_counts(cls, terms: NDArray[np.uint32], counts: NDArray[np.uint16], *, documents: int) -> Lexicon:
        """Return the same from each text's terms and counts, one after the other: a text holds each term once."""
        found, companies = np.unique(terms, return_counts=True)
        frequencies = dict(zip(found.tolist(), companies.tolist(), strict=True))
        return cls(documents, frequencies, max(1.0, float(counts.sum(dtype=np.int64)) / max(1, documents)))

    def rarity(self, term: int) -> float:
        """Return the inverse document frequency of a term, always above zero."""
        found = self.frequencies.get(term, 0)
        return math.log(1 + (self.documents - found + 0.5) / (found + 0.5))

    def weights(self, text: str) -> tuple[tuple[int, float], ...]:
        """Return the terms of a topic with their share of its meaning, summing to 1, ordered by term."""
        rarity = {term: self.rarity(term) for term in set(term_ids(text))}
        whole = math.fsum(rarity.values()) or 1.0
        return tuple((term, rarity[term] / whole) for term in sorted(rarity))

    def usual_coverage(self, weights: tuple[tuple[int, float], ...]) -> float:
        """Return about how much of a topic an ordinary text covers by chance."""
        return math.fsum(
            weight * self.frequencies.get(term, 0) / max(1, self.documents) / (1 + SATURATION)
            for term, weight in weights
        )


def term_ids(text: str) -> list[int]:
    """Return the hashed terms of a text in order."""
    return [term_id(term) for term in terms(text)]


def term_id(term: str) -> int:
    """Return the hash of one term."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))


def saturated(count: float, *, length: float, mean_length: float) -> float:
    """Return how fully a term counts (0-1) that occurs `count` times in a text of `length` terms."""
    if count <= 0:
        return 0.0
    return count / (count + SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / mean_length))


@lru_cache(maxsize=1)
def built_in_lexicon() -> Lexicon:
    """Return the lexicon of the shipped background texts."""
    return Lexicon.of(background_texts())
