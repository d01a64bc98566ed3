"""Which companies to review next: those whose decision would teach the model most, and a few controls."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scoring.head import expit
from scoring.rules import Rules, judge
from scoring.view import SiteView

NOVELTY_SHARE = 0.5


class ReviewReason(StrEnum):
    """Why a company is on the review list."""

    UNSURE = "unsure"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class ReviewSuggestion:
    """A company to review; `value` (0-1) is how much its decision would teach, 0 for a control."""

    domain: str
    reason: ReviewReason
    value: float


def review_next(
    rules: Rules, undecided: Sequence[SiteView], *, limit: int = 10, controls: int = 2
) -> list[ReviewSuggestion]:
    """Return up to `limit` unsure companies, unlike each other, and `controls` picked without regard to the model.

    A model shown only what it asks for never learns where it is wrongly sure; the controls show that.
    """
    if not undecided:
        return []
    chances = np.array([expit(judge(rules, view).log_odds) for view in undecided])
    doubt = 1.0 - 2.0 * np.abs(chances - 0.5)
    whole = np.stack([view.whole for view in undecided])
    nearest = np.zeros(len(undecided))
    chosen: list[ReviewSuggestion] = []
    taken: set[int] = set()
    for _ in range(min(limit, len(undecided))):
        value = doubt * (1.0 - NOVELTY_SHARE * np.clip(nearest, 0.0, 1.0))
        value[list(taken)] = -1.0
        row = int(value.argmax())
        taken.add(row)
        chosen.append(ReviewSuggestion(undecided[row].site.domain, ReviewReason.UNSURE, float(value[row])))
        nearest = np.maximum(nearest, whole @ whole[row])
    rest = sorted((view.site.domain for at, view in enumerate(undecided) if at not in taken), key=_shuffled)
    chosen.extend(ReviewSuggestion(domain, ReviewReason.CONTROL, 0.0) for domain in rest[:controls])
    return chosen


def _shuffled(domain: str) -> bytes:
    return hashlib.sha256(domain.encode()).digest()
