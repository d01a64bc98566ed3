"""The words a corpus says, as a matrix: which of them mark the companies that stand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scoring.lexicon import LENGTH_SHARE, SATURATION, saturated
from scoring.matrix import SiteMatrix
from scoring.view import SiteView

MAX_WORDS = 100
MIN_COMPANIES_PER_WORD = 4
# Ridge per word: as if ten companies more had been seen with it and did not stand out.
CAUTION = 10.0
SPREAD = 0.25

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """`said` (n, v): how fully each company says each word, 0-1; `words` (v,) are term ids; `mean_length` in terms."""

    said: sparse.csr_matrix
    words: NDArray[np.int64]
    mean_length: float

    @property
    def companies(self) -> NDArray[np.int64]:
        """How many companies say each word (v,)."""
        return np.asarray((self.said > 0).sum(axis=0), dtype=np.int64).ravel()

    @property
    def rarity(self) -> Floats:
        """Inverse document frequency of each word (v,), always above zero."""
        found = self.companies.astype(np.float64)
        return np.asarray(np.log(1 + (self.said.shape[0] - found + 0.5) / (found + 0.5)), dtype=np.float64)

    @classmethod
    def of(cls, views: Sequence[SiteView], *, mean_length: float | None = None) -> Vocabulary:
        """Read the words of companies; `mean_length` is theirs unless given."""
        lengths = np.array([view.length for view in views], dtype=np.float64)
        usual = max(1.0, float(lengths.mean())) if mean_length is None else mean_length
        words = np.array(sorted({term for view in views for term in view.counts}), dtype=np.int64)
        place = {int(term): column for column, term in enumerate(words)}
        columns = [place[term] for view in views for term in view.counts]
        values = [
            saturated(count, length=float(length), mean_length=usual)
            for view, length in zip(views, lengths, strict=True)
            for count in view.counts.values()
        ]
        starts = np.concatenate([[0], np.cumsum([len(view.counts) for view in views])])
        return cls(sparse.csr_matrix((values, columns, starts), shape=(len(views), len(words))), words, usual)

    @classmethod
    def of_matrix(cls, matrix: SiteMatrix, *, mean_length: float) -> Vocabulary:
        """Read the words of the companies of a matrix, row by row."""
        words, columns = np.unique(matrix.terms, return_inverse=True)
        starts = matrix.term_starts
        owner = np.repeat(np.arange(len(matrix)), np.diff(starts))
        counts = matrix.term_counts.astype(np.float64)
        lengths = np.bincount(owner, weights=counts, minlength=len(matrix))
        room = 1 - LENGTH_SHARE + LENGTH_SHARE * lengths[owner] / mean_length
        said = sparse.csr_matrix(
            (counts / (counts + SATURATION * room), columns, starts), shape=(len(matrix), len(words))
        )
        return cls(said, words.astype(np.int64), mean_length)

    def first_company(self, terms: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the first row in which each of these terms (k,) is said; every one must be among `words`."""
        by_word = self.said[:, np.searchsorted(self.words, terms)].tocsc()
        by_word.sort_indices()
        return np.asarray(by_word.indices[by_word.indptr[:-1]], dtype=np.intp)

    def clearest(self, target: Floats, *, rows: NDArray[np.intp] | None = None) -> Floats:
        """Return how much each word (v,) says that a company stands out, `target` (n,) being how clearly each does.

        A ridge regression word by word: all but the 100 clearest are zero, and none speaks against a company.
        `rows` limits it to some companies, `target` being theirs.
        """
        said = self.said if rows is None else self.said[rows]
        companies = np.asarray((said > 0).sum(axis=0)).ravel()
        caution = np.where(companies < MIN_COMPANIES_PER_WORD, np.inf, SPREAD * companies + CAUTION)
        gains = np.maximum(np.asarray(said.T @ (target - target.mean())) / caution, 0.0)
        gains[np.argsort(-gains, kind="stable")[MAX_WORDS:]] = 0.0
        return gains

    def terms(self, weights: Floats) -> tuple[tuple[int, float], ...]:
        """Return the weighted words as rules hold them, ordered by term."""
        return tuple((int(self.words[column]), float(weights[column])) for column in np.flatnonzero(weights))

    def columns(self, weights: Sequence[tuple[int, float]]) -> Floats:
        """Return weighted words as rules hold them as weights (v,); words nobody says are left out."""
        found = np.zeros(len(self.words))
        terms = np.array([term for term, _ in weights], dtype=np.int64)
        values = np.array([weight for _, weight in weights], dtype=np.float64)
        known = np.isin(terms, self.words)
        found[np.searchsorted(self.words, terms[known])] = values[known]
        return found
