"""A company as the rules see it: its passages and whole text in the centered space, and its terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.background import center
from scoring.evidence import SiteEvidence
from scoring.lexicon import term_ids
from scoring.passages import Passage


@dataclass(frozen=True, slots=True, eq=False)
class SiteView:
    """`centered` (n, d) unit rows, `whole` (d,) the unit mean of all passages, term counts of text and passages."""

    site: SiteEvidence
    passages: Sequence[Passage]
    raw: NDArray[np.float32]
    centered: NDArray[np.float32]
    whole: NDArray[np.float32]
    passage_terms: tuple[Mapping[int, int], ...]
    counts: Mapping[int, int]

    @property
    def length(self) -> int:
        """Number of meaningful words of the whole site."""
        return sum(self.counts.values())


def view_site(site: SiteEvidence, vectors: NDArray[np.floating], *, mean: NDArray[np.float32]) -> SiteView:
    """Return the view of a site whose passages have these raw vectors, shape (n, d)."""
    raw = np.asarray(vectors, dtype=np.float32)
    per_passage = tuple(Counter(term_ids(passage.text)) for passage in site.passages)
    return SiteView(
        site, site.passages, raw, center(raw, mean), whole_text(raw, mean), per_passage, _added(per_passage)
    )


def whole_text(raw: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the centered unit direction (d,) of the mean of raw passage vectors (n, d)."""
    middle = raw.mean(axis=0, dtype=np.float64).astype(np.float32)
    whole: NDArray[np.float32] = center(middle[None, :], mean)[0]
    return whole


def keep_passages(view: SiteView, kept: Sequence[int], *, mean: NDArray[np.float32]) -> SiteView:
    """Return the view as if only the passages at these places had been found."""
    rows = list(kept)
    per_passage = tuple(view.passage_terms[row] for row in rows)
    raw = view.raw[rows]
    passages = [view.passages[row] for row in rows]
    return SiteView(
        view.site, passages, raw, view.centered[rows], whole_text(raw, mean), per_passage, _added(per_passage)
    )


def _added(per_passage: Sequence[Mapping[int, int]]) -> Mapping[int, int]:
    counts: Counter[int] = Counter()
    for found in per_passage:
        counts.update(found)
    return counts
