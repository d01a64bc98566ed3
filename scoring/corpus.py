"""Companies that are ranked among one another, as numbers: what is ordinary among them and which words they say.

Made once and asked many times: a changed topic is read against it in a fraction of a second, because nothing here
depends on the topics but what is remembered of those already read.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scoring.background import Background
from scoring.evidence import SiteEvidence
from scoring.lexicon import Lexicon, term_id
from scoring.matrix import SiteMatrix, company_means
from scoring.readers import Reader
from scoring.vocabulary import Vocabulary
from scoring.words import spoken_terms

MIN_COMPANIES = 50
# Weights of what a corpus teaches are reached at 1,500 companies, less below: among a few hundred the first hits soon
# include strangers.
FULL_WEIGHT_AT = 1_500
RIDGE = 3.0
MOST_REMEMBERED = 200

# The passages' texts of some companies, by their row in the matrix.
Texts = Callable[[Sequence[int]], Mapping[int, Iterable[str]]]
Floats = NDArray[np.float64]


class Corpus:
    """At least 50 readable companies of one embedding model; `refined` and `known` remember topics read among them."""

    def __init__(self, matrix: SiteMatrix, *, model_id: str) -> None:
        """Measure what is ordinary; raises InputProblem below two companies."""
        means = company_means(matrix.vectors, matrix.starts)
        self.matrix = matrix
        self.background = Background.from_vectors(means, model_id=model_id)
        self.lexicon = Lexicon.of_counts(matrix.terms, matrix.term_counts, documents=len(matrix))
        self.whole: Floats = self.background.centered(means).astype(np.float64)
        self.lock = threading.Lock()
        self.refined: dict[bytes, Reader] = {}
        self.known: dict[bytes, Floats] = {}
        self._spoken: dict[int, str] = {}

    def __len__(self) -> int:
        """Return the number of companies."""
        return len(self.matrix)

    @classmethod
    def of(cls, sites: Sequence[SiteEvidence], *, model_id: str) -> Corpus:
        """Return the corpus of companies that have passages and vectors."""
        return cls(SiteMatrix.of(sites), model_id=model_id)

    @property
    def trust(self) -> float:
        """How far the corpus is large enough to be learned from, 0-1."""
        return min(1.0, len(self) / FULL_WEIGHT_AT)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of every company."""
        return Vocabulary.of_matrix(self.matrix, mean_length=self.lexicon.mean_length)

    @cached_property
    def inverse(self) -> Floats:
        """The inverse (d, d) of a ridge regression on the companies' vectors."""
        dimension = self.whole.shape[1]
        ridge = RIDGE * len(self) / dimension * np.eye(dimension)
        return np.asarray(np.linalg.inv(self.whole.T @ self.whole + ridge), dtype=np.float64)

    def remember(self, key: bytes, reader: Reader) -> None:
        """Keep a topic's reading; forgets all when there are too many, as after hours of typing in an editor."""
        if len(self.refined) >= MOST_REMEMBERED:
            self.refined.clear()
            self.known.clear()
        self.refined[key] = reader

    def spoken(self, wanted: Iterable[int], texts: Texts) -> dict[int, str]:
        """Return the form in which terms are said: the first one of the first company that says each."""
        terms = {int(term) for term in wanted}
        new = np.array(sorted(terms - self._spoken.keys()), dtype=np.int64)
        fresh = new[np.isin(new, self.vocabulary.words)]
        rows: defaultdict[int, set[int]] = defaultdict(set)
        for term, row in zip(fresh, self.vocabulary.first_company(fresh), strict=True):
            rows[int(row)].add(int(term))
        found = texts(sorted(rows)) if rows else {}
        for row, own in rows.items():
            self._spoken.update(_first_said(own, found.get(row, ())))
        return {term: self._spoken[term] for term in sorted(terms) if term in self._spoken}


def texts_of(sites: Sequence[SiteEvidence]) -> Texts:
    """Return the passages' texts of sites in memory, for a corpus made of them in this order."""
    return lambda rows: {row: [passage.text for passage in sites[row].passages] for row in rows}


def with_vectors(site: SiteEvidence, vectors: NDArray[np.float16]) -> SiteEvidence:
    """Return a site that carries these vectors, shape (n, d)."""
    return site if site.vectors is vectors else replace(site, vectors=vectors)


def _first_said(wanted: set[int], texts: Iterable[str]) -> dict[int, str]:
    forms: dict[int, str] = {}
    for text in texts:
        for term, word in spoken_terms(text):
            number = term_id(term)
            if number in wanted:
                forms.setdefault(number, word)
        if len(forms) == len(wanted):
            break
    return forms
