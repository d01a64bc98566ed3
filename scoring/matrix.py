"""Score a hundred thousand companies at once: the same sum as for one, as matrix work over vectors kept in memory.

A profile edit changes directions and weights, not texts, so nothing is crawled, embedded or read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputProblem
from scoring.evidence import SiteEvidence
from scoring.lexicon import term_ids


@dataclass(frozen=True, slots=True, eq=False)
class SiteMatrix:
    """Readable companies in one block.

    `vectors` (n, d) float16 raw passage vectors, company i owning rows `starts[i]:starts[i+1]`; `norms` (n,) and
    `whole_norms` (m,) squared lengths of passages and of each company's mean; `terms` and `term_counts` flat, company
    i owning `term_starts[i]:term_starts[i+1]`; `signals` maps a signal to who has it (m,).
    """

    domains: Sequence[str]
    vectors: NDArray[np.float16]
    starts: NDArray[np.int64]
    norms: NDArray[np.float32]
    whole_norms: NDArray[np.float32]
    terms: NDArray[np.uint32]
    term_counts: NDArray[np.uint16]
    term_starts: NDArray[np.int64]
    languages: Sequence[str | None] = ()
    countries: Sequence[str | None] = ()
    signals: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of companies."""
        return len(self.domains)

    @classmethod
    def of(cls, sites: Sequence[SiteEvidence]) -> SiteMatrix:
        """Return the matrix of companies that have passages and vectors; raises InputProblem on one without."""
        empty = [site.domain for site in sites if site.vectors is None or not len(site.vectors)]
        if empty or not sites:
            raise InputProblem(f"a matrix holds only companies with embedded passages; {len(empty)} have none")
        vectors = np.concatenate([site.vectors for site in sites if site.vectors is not None])
        counts = [Counter(term for passage in site.passages for term in term_ids(passage.text)) for site in sites]
        names = {fact.name for site in sites for fact in site.signals}
        starts = starts_of([len(site.passages) for site in sites])
        return cls(
            domains=[site.domain for site in sites],
            vectors=vectors,
            starts=starts,
            norms=squared_lengths(vectors),
            whole_norms=squared_lengths(company_means(vectors, starts)),
            terms=np.array([term for found in counts for term in found], dtype=np.uint32),
            term_counts=np.array([min(n, 65_535) for found in counts for n in found.values()], dtype=np.uint16),
            term_starts=starts_of([len(found) for found in counts]),
            languages=[site.language for site in sites],
            countries=[site.country for site in sites],
            signals={name: np.array([any(f.name == name for f in site.signals) for site in sites]) for name in names},
        )


def company_means(vectors: NDArray[np.float16], starts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the mean raw vector per company, shape (m, d), a few thousand companies at a time."""
    lengths = np.diff(starts).astype(np.float32)
    means = np.empty((len(lengths), vectors.shape[1]), dtype=np.float32)
    for at in range(0, len(lengths), 4_096):
        upto = min(at + 4_096, len(lengths))
        block = vectors[starts[at] : starts[upto]].astype(np.float32)
        means[at:upto] = np.add.reduceat(block, starts[at:upto] - starts[at]) / lengths[at:upto, None]
    return means


def squared_lengths(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the squared length per row, shape (n,), without a float32 copy of the whole block."""
    found = np.empty(len(rows), dtype=np.float32)
    for at in range(0, len(rows), 65_536):
        block = rows[at : at + 65_536].astype(np.float32)
        found[at : at + 65_536] = np.einsum("nd,nd->n", block, block)
    return found


def starts_of(lengths: Sequence[int]) -> NDArray[np.int64]:
    """Return where each of the segments of these lengths begins, and where the last ends, shape (m + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
