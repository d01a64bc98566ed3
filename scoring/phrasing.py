"""How a topic sentence becomes a direction among the vectors.

Two findings on labeled companies (docs/fit-score.md) are built in. Topic sentences resemble each other as sentences
("agencies that …"), so half of their common mean is subtracted; and the sentence without its filler words, embedded a
second time, steadies the direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from scoring.background import center
from scoring.embedder import Embedder
from scoring.words import STOPWORDS, TOKEN

TOPIC_MEAN_SHARE = 0.5
_topic_means: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}


def topic_directions(texts: Sequence[str], *, embedder: Embedder, mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one unit direction per topic sentence, shape (n, d), in the space centered on `mean`."""
    sentence_mean, keyword_mean = _means(embedder)
    vectors = embedder.encode([*texts, *map(keywords, texts)]).astype(np.float32)
    whole, bare = vectors[: len(texts)], vectors[len(texts) :]
    both = _toward(whole, sentence_mean, mean) + _toward(bare, keyword_mean, mean)
    return center(both, np.zeros_like(mean))


def keywords(text: str) -> str:
    """Return the words of a sentence without filler and repeats, in order; the sentence itself if nothing is left."""
    words = (match.group().strip(".,;:!?()").casefold() for match in TOKEN.finditer(text))
    return " ".join(dict.fromkeys(word for word in words if word and word not in STOPWORDS)) or text


def _toward(
    vectors: NDArray[np.float32], topic_mean: NDArray[np.float32], mean: NDArray[np.float32]
) -> NDArray[np.float32]:
    return center(vectors, (TOPIC_MEAN_SHARE * topic_mean + (1 - TOPIC_MEAN_SHARE) * mean).astype(np.float32))


def _means(embedder: Embedder) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if embedder.model_id not in _topic_means:
        texts = _generic_topics()
        vectors = embedder.encode([*texts, *map(keywords, texts)]).astype(np.float32)
        _topic_means[embedder.model_id] = (vectors[: len(texts)].mean(axis=0), vectors[len(texts) :].mean(axis=0))
    return _topic_means[embedder.model_id]


@lru_cache(maxsize=1)
def _generic_topics() -> tuple[str, ...]:
    text = resources.files("scoring").joinpath("data/topics.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line.strip())
