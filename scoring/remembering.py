"""An embedder that keeps the last few thousand vectors in memory: an editor's topics are embedded once, not per key."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.embedder import Embedder

MOST_TEXTS = 4_000


class RememberingEmbedder:
    """Wraps an embedder; the same text gives the very same vector, least recently asked ones are forgotten first."""

    def __init__(self, inner: Embedder, *, most: int = MOST_TEXTS) -> None:
        """Keep at most `most` texts; safe to share between threads."""
        self._inner = inner
        self._most = most
        self._held: OrderedDict[str, NDArray[np.float16]] = OrderedDict()
        self._lock = threading.Lock()
        self.model_id = inner.model_id
        self.dimension = inner.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Return (n, dimension) unit rows in the order given, embedding only what is not held."""
        with self._lock:
            found = {text: self._held[text] for text in texts if text in self._held}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found.update(zip(missing, self._inner.encode(missing), strict=True))
        with self._lock:
            for text in texts:
                self._held[text] = found[text]
                self._held.move_to_end(text)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return np.stack([found[text] for text in texts]) if texts else np.zeros((0, self.dimension), np.float16)
