"""Look-alikes of the first hits: the companies a topic finds first say more about it than the sentence does.

Three steps, all only where a corpus is given, and all frozen into the rules, so that a score still depends on nothing
but the company. First the corpus's own words for what the topic says (`scoring/kindred.py`). Then pseudo-relevance
feedback after Rocchio: the mean of the best matches is added to the topic's direction. Then a few rounds of
self-training: a ridge regression from the companies' vectors, and one from their words, to how clearly each stands out
so far. What comes out is a direction and weighted words, as in any reader.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scoring.corpus import Corpus, Texts
from scoring.embedder import Embedder
from scoring.kindred import kindred_words
from scoring.readers import LEXICAL_REACH, Reader, along
from scoring.rescore import measured_strengths
from scoring.rules import Rules
from scoring.vocabulary import Vocabulary

MIN_CORPUS = 150
# All weights here were chosen on three stand-in corpora and hold on the parts held back (docs/fit-score.md).
KINDRED_WEIGHT = 0.4
FIRST_HITS_WEIGHT = 1.2
VECTORS_WEIGHT = 0.7
WORDS_WEIGHT = 0.35
FIRST_HITS_ROUNDS = 2
ROUNDS = 3
# Standard deviations above the mean where a company starts to count as found.
STANDS_OUT = 1.5
# And above that, where more says no more: without a limit a few extreme companies teach everything.
STANDS_OUT_FULLY = 2.5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What feedback adds to a reader: vectors (d,) and word weights (v,), beside `kept` of the reader itself."""

    kept: float
    direction: Floats
    words: Floats


def refine(rules: Rules, corpus: Corpus, *, texts: Texts, embedder: Embedder) -> Rules:
    """Return rules whose wanted readers also look like their first hits in the corpus; unchanged below 150 sites.

    `texts` gives the words of some companies, to learn how their terms are spoken. What was read for a topic before
    is taken from `corpus.refined`.
    """
    if len(corpus) < MIN_CORPUS:
        return rules
    with corpus.lock:
        return _refine(rules, corpus, texts=texts, embedder=embedder)


def _refine(rules: Rules, corpus: Corpus, *, texts: Texts, embedder: Embedder) -> Rules:
    tuned = [reader for reader in rules.readers if reader.wants]
    fresh = list({key: reader for reader in tuned if (key := _key(reader)) not in corpus.refined}.items())
    if fresh:
        asked = [reader for _, reader in fresh]
        raw = measured_strengths(replace(rules, readers=tuple(asked), head=None), corpus.matrix)
        kin = kindred_words(asked, corpus, texts=texts, embedder=embedder)
        for column, (key, reader) in enumerate(fresh):
            corpus.remember(key, _refined(reader, corpus, raw=raw[:, column], kin=kin[column]))
    return replace(rules, readers=tuple(_known(reader, corpus) for reader in rules.readers))


def _key(reader: Reader) -> bytes:
    """Name what a reading depends on but the corpus: neither weight nor id."""
    return reader.label.encode() + reader.direction.tobytes()


def _known(reader: Reader, corpus: Corpus) -> Reader:
    if not reader.wants:
        return reader
    return replace(corpus.refined[_key(reader)], id=reader.id, weight=reader.weight)


def first_hits(corpus_size: int) -> int:
    """Return how many first hits to learn from: about one company in eighty, 8 to 40."""
    return int(min(40, max(8, corpus_size // 80)))


def _refined(reader: Reader, corpus: Corpus, *, raw: Floats, kin: Floats) -> Reader:
    said = corpus.vocabulary.said
    meant = _weighed(kin, said, KINDRED_WEIGHT * corpus.trust**2)
    asked = _standard(raw) + said @ meant
    base, base_scale = _standard(asked), max(float(asked.std()), 1e-9)
    toward_hits = _first_hits(base, corpus)
    found = base + corpus.whole @ toward_hits
    scale = max(float(found.std()), 1e-9)
    direction, words = _self_trained(_standard(found), corpus)
    kept = 1.0 / max(scale * base_scale * float(raw.std()), 1e-9)
    added = _Found(kept, toward_hits / scale + direction, meant / (scale * base_scale) + words)
    return _turned(reader, added, corpus)


def _self_trained(first: Floats, corpus: Corpus) -> tuple[Floats, Floats]:
    """Return the direction (d,) and words (v,) that a few rounds of learning from what stands out add."""
    said: Vocabulary = corpus.vocabulary
    direction, words, total = np.zeros(corpus.whole.shape[1]), np.zeros(len(said.words)), first
    for _ in range(ROUNDS):
        target = np.clip(total - STANDS_OUT, 0.0, STANDS_OUT_FULLY)
        target -= target.mean()
        direction = _weighed(corpus.inverse @ (corpus.whole.T @ target), corpus.whole, VECTORS_WEIGHT * corpus.trust)
        words = _weighed(said.clearest(target), said.said, WORDS_WEIGHT * corpus.trust)
        total = _standard(first + corpus.whole @ direction + said.said @ words)
    return direction, words


def _first_hits(base: Floats, corpus: Corpus) -> Floats:
    """Return the weighted direction (d,) of the best matches, found a second time with their own help."""
    total, added = base, np.zeros(corpus.whole.shape[1])
    for _ in range(FIRST_HITS_ROUNDS):
        best = np.argsort(-total, kind="stable")[: first_hits(len(base))]
        added = _weighed(corpus.whole[best].mean(axis=0), corpus.whole, FIRST_HITS_WEIGHT * corpus.trust**0.5)
        total = base + corpus.whole @ added
    return added


def _weighed(found: Floats, rows: Floats | sparse.csr_matrix, weight: float) -> Floats:
    """Return a linear rule scaled so that its values over the corpus have the standard deviation `weight`."""
    return found * (weight / max(float(np.asarray(rows @ found).std()), 1e-9))


def _turned(reader: Reader, found: _Found, corpus: Corpus) -> Reader:
    """Return the reader with feedback in it, its dense part again in standard deviations of the corpus."""
    both = found.kept * reader.direction.astype(np.float64) / reader.spread + found.direction
    unit = (both / np.linalg.norm(both)).astype(np.float32)
    usual, spread = along(corpus.whole.astype(np.float32), unit)
    scale = float((corpus.whole @ both).std())
    weights = {term: weight * found.kept / scale for term, weight in reader.terms}
    for term, weight in corpus.vocabulary.terms(found.words / (LEXICAL_REACH * scale)):
        weights[term] = weights.get(term, 0.0) + weight
    terms = tuple(sorted(weights.items()))
    covered = float(np.asarray(corpus.vocabulary.said @ corpus.vocabulary.columns(terms)).mean())
    return replace(reader, direction=unit, usual=usual, spread=spread, terms=terms, usual_coverage=covered)


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9), dtype=np.float64)
