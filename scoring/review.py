"""Which companies to review next: those whose decision would teach the model most, and a few controls."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scoring.head import expit
from scoring.rules import Rules, judge
from scoring.view import SiteView

NOVELTY_SHARE = 0.5
# Less alike than this to everything decided (cosine of centered whole texts), and a company counts as new ground.
NEW_GROUND = 0.25
# Less doubt than this (0-1), and the score is fairly sure: listed only where nothing more doubtful is left.
REAL_DOUBT = 0.3


class ReviewReason(StrEnum):
    """Why a company is on the review list."""

    UNSURE = "unsure"
    NEW = "new"
    SURER = "surer"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class ReviewSuggestion:
    """A company to review; `value` (0-1) is how much its decision would teach, 0 for a control."""

    domain: str
    reason: ReviewReason
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Undecided companies: domains, chances of approval (m,) and centered whole texts (m, d), unit rows.

    `decided` (n, d) are the whole texts of companies decided already: one more of the same teaches less.
    """

    domains: Sequence[str]
    chances: NDArray[np.float64]
    whole: NDArray[np.float32]
    decided: NDArray[np.float32] | None = None


def review_next(
    rules: Rules, undecided: Sequence[SiteView], *, limit: int = 10, controls: int = 2
) -> list[ReviewSuggestion]:
    """Return what to review next of companies with their evidence; see pick_for_review."""
    if not undecided:
        return []
    chances = np.array([expit(judge(rules, view).log_odds) for view in undecided])
    whole = np.stack([view.whole for view in undecided])
    domains = [view.site.domain for view in undecided]
    return pick_for_review(Candidates(domains, chances, whole), limit=limit, controls=controls)


def pick_for_review(among: Candidates, *, limit: int = 10, controls: int = 2) -> list[ReviewSuggestion]:
    """Return up to `limit` unsure companies, unlike each other and those decided, and `controls` picked by no model.

    A model shown only what it asks for never learns where it is wrongly sure; the controls show that.
    """
    size = len(among.domains)
    doubt = 1.0 - 2.0 * np.abs(among.chances - 0.5)
    known = _nearest(among.whole, among.decided)
    nearest = known.copy()
    chosen: list[ReviewSuggestion] = []
    taken: list[int] = []
    for _ in range(min(limit, size)):
        value = doubt * (1.0 - NOVELTY_SHARE * np.clip(nearest, 0.0, 1.0))
        value[taken] = -1.0
        row = int(value.argmax())
        taken.append(row)
        is_new = among.decided is not None and len(among.decided) > 0 and known[row] < NEW_GROUND
        settled = ReviewReason.UNSURE if doubt[row] >= REAL_DOUBT else ReviewReason.SURER
        reason = ReviewReason.NEW if is_new else settled
        chosen.append(ReviewSuggestion(among.domains[row], reason, float(value[row])))
        nearest = np.maximum(nearest, among.whole @ among.whole[row])
    left = set(range(size)) - set(taken)
    rest = sorted((among.domains[row] for row in left), key=_shuffled)
    chosen.extend(ReviewSuggestion(domain, ReviewReason.CONTROL, 0.0) for domain in rest[:controls])
    return chosen


def _nearest(whole: NDArray[np.float32], decided: NDArray[np.float32] | None) -> NDArray[np.float64]:
    if decided is None or not len(decided):
        return np.zeros(len(whole))
    return np.asarray((whole @ decided.T).max(axis=1), dtype=np.float64)


def _shuffled(domain: str) -> bytes:
    return hashlib.sha256(domain.encode()).digest()
