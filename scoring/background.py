"""What ordinary company texts look like to a model, so that a similarity means something.

A raw cosine of 0.35 says nothing: to all-MiniLM-L6-v2 any two business texts are a little alike. The background holds
the mean vector of ordinary texts (subtracted before comparing) and a sample of them, against which every topic learns
how similar an unrelated company usually is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from scoring.embedder import Embedder
from scoring.errors import InputProblem, WrongModel

SAMPLE_ROWS = 4_000
_built_in: dict[str, Background] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Mean (d,) and centered unit sample (m, d) of ordinary texts, float32, for one model id."""

    model_id: str
    mean: NDArray[np.float32]
    sample: NDArray[np.float32]

    @classmethod
    def from_vectors(cls, vectors: NDArray[np.floating], *, model_id: str) -> Background:
        """Measure a background on the vectors of many companies, shape (n, d); at most 4,000 evenly spaced are kept."""
        if vectors.ndim != 2 or len(vectors) < 2:
            raise InputProblem("a background needs the vectors of at least two texts")
        rows = np.asarray(vectors, dtype=np.float32)
        mean = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
        step = max(1, -(-len(rows) // SAMPLE_ROWS))
        return cls(model_id, mean, center(rows[::step], mean))

    def centered(self, vectors: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the vectors less the mean, as unit rows; raises WrongModel on another dimension."""
        if vectors.ndim != 2 or vectors.shape[1] != len(self.mean):
            raise WrongModel(
                f"vectors of shape {vectors.shape} do not belong to {self.model_id} with {len(self.mean)} dimensions; "
                "embed the passages again with this model"
            )
        return center(vectors, self.mean)

    @property
    def fingerprint(self) -> str:
        """A short id of the exact numbers held, for receipts."""
        digest = hashlib.sha256(self.model_id.encode())
        digest.update(self.mean.tobytes())
        digest.update(self.sample.tobytes())
        return digest.hexdigest()[:12]


def center(vectors: NDArray[np.floating], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return unit rows of `vectors - mean`; a row equal to the mean stays zero."""
    rows = np.asarray(vectors, dtype=np.float32) - mean
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 1e-6)
    return unit


@lru_cache(maxsize=1)
def background_texts() -> tuple[str, ...]:
    """Return the texts the built-in background is measured on, written for this purpose."""
    text = resources.files("scoring").joinpath("data/background.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line.strip())


def built_in_background(embedder: Embedder) -> Background:
    """Return the background of the embedder's model, measured once per process."""
    if embedder.model_id not in _built_in:
        vectors = embedder.encode(background_texts())
        _built_in[embedder.model_id] = Background.from_vectors(vectors, model_id=embedder.model_id)
    return _built_in[embedder.model_id]
