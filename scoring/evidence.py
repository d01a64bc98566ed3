"""What is known of one company: its passages with vectors, its language and the facts read off its site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.passages import Passage


@dataclass(frozen=True, slots=True)
class SignalFact:
    """A fact with the words and the page that prove it."""

    name: str
    value: str
    quote: str
    url: str


@dataclass(frozen=True, slots=True, eq=False)
class SiteEvidence:
    """One company as the scorer sees it.

    `vectors` has one row per passage, shape (n, dimension), made by the model `vector_model` (None: by the
    scorer's own); None lets the scorer embed the passages itself. `unreadable` says in words why there is
    nothing to read, for instance "the domain is parked".
    """

    domain: str
    passages: Sequence[Passage] = ()
    vectors: NDArray[np.float16] | None = None
    language: str | None = None
    unreadable: str | None = None
    signals: Sequence[SignalFact] = ()
    country: str | None = None
    vector_model: str | None = None
