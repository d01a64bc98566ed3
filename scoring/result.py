"""A fit score and what it is made of: the parts sum to the score, the citations of a part to the part."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """The words that earned (or cost) points: `quote` is `page.text[start:end]` of the page at `url`."""

    url: str
    start: int
    end: int
    quote: str
    points: float


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the sum: `points` of at most `of` (negative for what counts against a company)."""

    id: str
    label: str
    points: float
    of: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class FitScore:
    """The fit of one company: 0-100, or None with the reason in `why_null`.

    `probability` is the calibrated chance of approval once the program has decided often enough, else None;
    `confidence` (0-1) says how much agreeing evidence stands behind the score, not how good the fit is.
    """

    score: float | None
    why_null: str | None
    probability: float | None
    parts: tuple[Part, ...]
    confidence: float | None
    model: str
    domain: str = ""


def total(parts: tuple[Part, ...]) -> float:
    """Return the exact sum of the parts' points."""
    return math.fsum(part.points for part in parts)


def no_score(domain: str, *, why: str, model: str) -> FitScore:
    """Return the answer for a company that cannot be judged."""
    return FitScore(None, why, None, (), None, model, domain)
