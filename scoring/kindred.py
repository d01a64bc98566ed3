"""Words of a corpus that mean what a topic's words mean: "checkout" and "storefront" for a topic that says "shops".

A word is kindred when the model finds it near the topic's own words and the companies that say it are near the topic
as well. Either alone is misled: the model by a word's other meanings, the companies by what else they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.background import center
from scoring.corpus import Corpus, Texts
from scoring.embedder import Embedder
from scoring.lexicon import term_id
from scoring.readers import Reader
from scoring.vocabulary import MIN_COMPANIES_PER_WORD, Vocabulary
from scoring.words import spoken_terms

# Only these many words per topic are shown to the model, those whose companies are nearest; and as many evenly
# spaced ones tell where an ordinary word lies. More of either changed no figure by 0.001.
CANDIDATES = 100
ORDINARY_WORDS = 100
MAX_KINDRED = 40
# As if three companies more had said the word, as near to the topic as the average.
CAUTION = 3.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """`spoken` forms by term, and their centered vectors (n, d) in the order of `place`."""

    spoken: Mapping[int, str]
    place: Mapping[str, int]
    vectors: NDArray[np.float32]

    def near(self, ours: Sequence[int], theirs: Sequence[int]) -> Floats:
        """Return the cosines (ours, theirs) of words by their terms, never negative."""
        rows = ([self.place[self.spoken[term]] for term in terms] for terms in (ours, theirs))
        left, right = (self.vectors[places].astype(np.float64) for places in rows)
        return np.maximum(left @ right.T, 0.0)


def kindred_words(readers: Sequence[Reader], corpus: Corpus, *, texts: Texts, embedder: Embedder) -> list[Floats]:
    """Return per reader how kindred each word (v,) of the vocabulary is; at most 40 are above zero."""
    vocabulary: Vocabulary = corpus.vocabulary
    nearness = [_companies_near(reader, corpus) for reader in readers]
    candidates = [np.argsort(-near, kind="stable")[:CANDIDATES] for near in nearness]
    common = np.flatnonzero(vocabulary.companies >= MIN_COMPANIES_PER_WORD)
    ordinary = common[:: max(1, len(common) // ORDINARY_WORDS)]
    wanted = {int(vocabulary.words[column]) for columns in (ordinary, *candidates) for column in columns}
    words = _embedded(corpus.spoken(wanted, texts), vocabulary.words[ordinary], readers=readers, embedder=embedder)
    found = []
    for reader, near, columns in zip(readers, nearness, candidates, strict=True):
        columns = columns[[int(term) in words.spoken for term in vocabulary.words[columns]]]
        likeness = _like_the_topic(reader, vocabulary.words[columns], words)
        kin = np.zeros(len(near))
        kin[columns] = likeness * near[columns]
        kin[np.argsort(-kin, kind="stable")[MAX_KINDRED:]] = 0.0
        found.append(kin * vocabulary.rarity)
    return found


def _companies_near(reader: Reader, corpus: Corpus) -> Floats:
    """Return how near the companies that say each word (v,) are to the topic on average; 0 for rare words."""
    vocabulary = corpus.vocabulary
    near = np.asarray((vocabulary.said > 0).T @ (corpus.whole @ reader.direction.astype(np.float64)))
    found = np.maximum(near / (vocabulary.companies + CAUTION), 0.0)
    return np.where(vocabulary.companies < MIN_COMPANIES_PER_WORD, 0.0, found)


def _like_the_topic(reader: Reader, terms: NDArray[np.int64], words: _Words) -> Floats:
    """Return how like the topic's words each term is (n,), rare words of the topic counting more."""
    own = [(term, weight) for term, weight in reader.terms if term in words.spoken]
    weights = np.array([weight for _, weight in own])
    return np.asarray(weights @ words.near([term for term, _ in own], [int(term) for term in terms]))


def _embedded(
    said: Mapping[int, str], ordinary: NDArray[np.int64], *, readers: Sequence[Reader], embedder: Embedder
) -> _Words:
    spoken = dict(said)
    for reader in readers:
        if reader.terms:
            spoken.update({term_id(term): word for term, word in spoken_terms(reader.label)})
    place = {word: row for row, word in enumerate(sorted(set(spoken.values())))}
    vectors = embedder.encode(list(place)).astype(np.float32)
    usual = vectors[[place[spoken[int(term)]] for term in ordinary if int(term) in spoken]]
    middle = usual.mean(axis=0) if len(usual) else np.zeros(vectors.shape[1], dtype=np.float32)
    return _Words(spoken, place, center(vectors, middle))
