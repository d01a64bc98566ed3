"""Topics suggested from what approved partners say: passages they share with each other and not with the rest.

Nothing is decided here. A person reads each suggestion with the companies it comes from, rewords it, and keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.background import Background
from scoring.embedder import Embedder
from scoring.passages import Passage
from scoring.view import SiteView
from scoring.words import count_words, terms

MAX_SUGGESTIONS = 5
MIN_PARTNERS = 2
# Two passages this alike (cosine of centered vectors) make one topic.
SAME_THING = 0.55
# A passage must be at least this much closer to the other partners than to everybody else.
MIN_CONTRAST = 0.05
MIN_WORDS, MAX_WORDS = 5, 32
OTHERS_READ = 400
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MAX_PASSAGES = 1_500


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic in a company's own words, which others say alike things, and how much more than the rest (`contrast`)."""

    text: str
    domain: str
    url: str
    companies: tuple[str, ...]
    contrast: float


def suggest_topics(
    partners: Sequence[SiteView], others: Sequence[SiteView], *, embedder: Embedder, background: Background
) -> list[Suggestion]:
    """Return up to five sentences that partners share with each other and not with the program's other companies.

    Without others, ordinary texts (the background) stand for them. Fewer than two partners share nothing: empty.
    """
    if len(partners) < MIN_PARTNERS:
        return []
    rows = [(place, passage) for place, view in enumerate(partners) for passage in view.passages][:_MAX_PASSAGES]
    vectors = np.concatenate([view.centered for view in partners])[:_MAX_PASSAGES]
    near = np.column_stack([(vectors @ view.centered.T).max(axis=1) for view in partners])
    common = _mean_of_the_rest(near, np.array([place for place, _ in rows]))
    contrast = common - _usual(vectors, others, background)
    chosen: list[Suggestion] = []
    taken: list[NDArray[np.float32]] = []
    for row in np.argsort(-contrast, kind="stable"):
        if len(chosen) == MAX_SUGGESTIONS or contrast[row] < MIN_CONTRAST:
            break
        if any(float(vectors[row] @ other) > SAME_THING for other in taken):
            continue
        place, passage = rows[row]
        alike = [partners[other].site.domain for other in _alike(near[row], own=place)]
        sentence = _sentence(passage, vectors[row], embedder, background) if alike else None
        if sentence is None:
            continue
        chosen.append(
            Suggestion(sentence, partners[place].site.domain, passage.url, tuple(alike[:5]), float(contrast[row]))
        )
        taken.append(vectors[row])
    return chosen


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text that say enough to be a topic: 5 to 32 words, two of them meaningful."""
    found = (" ".join(part.split()) for part in _SENTENCE.split(text))
    return [part for part in found if MIN_WORDS <= count_words(part) <= MAX_WORDS and len(set(terms(part))) > 1]


def _mean_of_the_rest(near: NDArray[np.float32], own: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return how near each passage (n, partners) is to the other partners on average, its own left out."""
    rows = np.arange(len(near))
    return np.asarray((near.sum(axis=1) - near[rows, own]) / (near.shape[1] - 1), dtype=np.float32)


def _alike(near: NDArray[np.float32], *, own: int) -> list[int]:
    """Return the partners that say something alike, nearest first, the passage's own left out."""
    return [int(other) for other in np.argsort(-near) if other != own and near[other] > SAME_THING / 2]


def _usual(vectors: NDArray[np.float32], others: Sequence[SiteView], background: Background) -> NDArray[np.float32]:
    """Return how near each passage is to companies in general."""
    if not others:
        return np.asarray((vectors @ background.sample.T).mean(axis=1), dtype=np.float32)
    step = max(1, len(others) // OTHERS_READ)
    near = [(vectors @ view.centered.T).max(axis=1) for view in others[::step]]
    return np.asarray(np.mean(near, axis=0), dtype=np.float32)


def _sentence(passage: Passage, vector: NDArray[np.float32], embedder: Embedder, background: Background) -> str | None:
    """Return the sentence of a passage that says best what the whole of it says."""
    candidates = sentences_of(passage.text)
    if not candidates:
        return None
    said = background.centered(embedder.encode(candidates).astype(np.float32))
    return candidates[int((said @ vector).argmax())]
