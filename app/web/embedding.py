"""The embedding model inside a web process: loaded once, in the background, so that no request waits for it unasked.

Only the few screens that need the meaning of words somebody just typed use it; everything else ranks stored numbers.
"""

import threading

from flask import current_app

from app.config import Settings
from scoring.embedder import Embedder, load_embedder
from scoring.errors import ModelMissing
from scoring.remembering import RememberingEmbedder

_ready: dict[str, RememberingEmbedder] = {}
_failed: dict[str, str] = {}
_threads: dict[str, threading.Thread] = {}
_starting = threading.Lock()


def embedder_if_ready() -> Embedder | None:
    """Return the model if it is loaded, else begin loading it; raises ModelMissing where it cannot be loaded."""
    name = _name()
    _begin(name)
    # A stand-in without a model is there at once; so is everything after the first moments.
    _threads[name].join(timeout=0.05)
    return _result(name)


def embedder_when_ready() -> Embedder:
    """Wait until the model is loaded and return it; raises ModelMissing where it cannot be loaded."""
    name = _name()
    _begin(name)
    _threads[name].join()
    found = _result(name)
    if found is None:
        raise ModelMissing("The embedding model could not be loaded; an admin finds the cause in the server's log.")
    return found


def _name() -> str:
    settings: Settings = current_app.extensions["scoutboard_settings"]
    return settings.embedding_model or ""


def _begin(name: str) -> None:
    with _starting:
        if name not in _threads or (name in _failed and not _threads[name].is_alive()):
            _failed.pop(name, None)
            _threads[name] = threading.Thread(target=_load, args=(name,), name="load-model", daemon=True)
            _threads[name].start()


def _load(name: str) -> None:
    try:
        _ready[name] = RememberingEmbedder(load_embedder(name or None))
    except ModelMissing as error:
        _failed[name] = str(error)


def _result(name: str) -> RememberingEmbedder | None:
    if name in _failed:
        raise ModelMissing(_failed[name])
    return _ready.get(name)
