"""Vectors kept on disk by content hash and model, so that a text is embedded once, however often it is scored."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.embedder import Embedder
from scoring.passages import content_hash

log = logging.getLogger(__name__)
CHUNK = 512


class CachedEmbedder:
    """An embedder that remembers, and tells how far it is; one file per model id under `folder`, none without one."""

    def __init__(self, embedder: Embedder, folder: Path | None) -> None:
        """Read what earlier runs left; a damaged file is named and made anew."""
        self._inner = embedder
        self.model_id = embedder.model_id
        self.dimension = embedder.dimension
        safe = "".join(c if c.isalnum() or c in "-._" else "_" for c in embedder.model_id)
        self._path = folder / f"vectors-{safe}.npz" if folder else None
        self._known = self._read()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Return (n, dimension) unit rows, embedding only texts not seen before."""
        keys = [content_hash(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if missing:
            # By length, so that a batch holds texts of one size and little of it is padding.
            ordered = sorted(missing, key=lambda key: len(missing[key]))
            for at in range(0, len(ordered), CHUNK):
                part = ordered[at : at + CHUNK]
                found = self._inner.encode([missing[key] for key in part])
                self._known.update(zip(part, found, strict=True))
                log.info("embedded %d of %d new passages", min(at + CHUNK, len(ordered)), len(ordered))
            self._write()
        if not keys:
            return np.zeros((0, self.dimension), dtype=np.float16)
        return np.stack([self._known[key] for key in keys])

    def _read(self) -> dict[str, NDArray[np.float16]]:
        if self._path is None or not self._path.is_file():
            return {}
        try:
            with np.load(self._path) as held:
                keys, vectors = held["keys"], held["vectors"]
        except (OSError, ValueError, KeyError) as problem:
            log.warning("%s is damaged (%s); its texts are embedded again", self._path, problem)
            return {}
        if vectors.shape != (len(keys), self.dimension):
            log.warning("%s holds vectors of another size; its texts are embedded again", self._path)
            return {}
        return dict(zip(keys.tolist(), vectors, strict=True))

    def _write(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".part.npz")
        np.savez(draft, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
        draft.replace(self._path)
