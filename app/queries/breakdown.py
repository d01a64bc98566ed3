"""A fit score made readable: parts and citations rounded so that what is shown adds up to the total that is shown.

Rounding each number alone would leave sums that are off by a tenth, and a person who adds them up would lose trust.
Tenths are handed out by largest remainder instead: first to the parts, then inside each part to its citations.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.models import FitScore
from app.queries.engine_words import signal_label

# Points are shown in steps of one tenth.
STEPS_PER_POINT = 10
# A stored total and the sum of its stored parts may differ by float noise, never by more.
TOLERANCE_POINTS = 1e-6
_SIGNAL_PREFIX = "signal:"


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """Words of a page that earned (or cost) points; `start`/`end` are None for a fact without a place in the text."""

    url: str
    page_id: int | None
    start: int | None
    end: int | None
    quote: str
    points: float


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One line of the sum: `points` of at most `of`; both negative where it counts against the company."""

    id: str
    label: str
    points: float
    of: float
    citations: tuple[CitedPassage, ...]

    @property
    def counts_against(self) -> bool:
        """Whether this part can only take points away."""
        return self.of < 0

    @property
    def percent(self) -> int:
        """How much of its maximum the part earned or cost, 0 to 100."""
        return round(100 * min(1.0, max(0.0, self.points / self.of))) if self.of else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreBreakdown:
    """One stored fit score, ready to be shown. `total` is None where there was not enough evidence."""

    id: int
    total: float | None
    why_null: str
    confidence_percent: int | None
    probability_percent: int | None
    model: str
    profile_version: int
    computed_at: datetime
    parts: tuple[ScorePart, ...]
    adds_up: bool
    page_hashes: Mapping[str, str]

    @property
    def confidence_word(self) -> str:
        """Say in one word how much evidence stands behind the score."""
        percent = self.confidence_percent or 0
        return "high" if percent >= 80 else "medium" if percent >= 50 else "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredScore:
    """The columns of a fit score that a breakdown is made of."""

    id: int
    score: float | None
    why_null: str
    probability: float | None
    confidence: float | None
    parts: Sequence[Mapping[str, Any]]
    model_id: str
    page_hashes: Mapping[str, str]
    profile_version: int
    computed_at: datetime


def stored_score(score: FitScore, *, profile_version: int) -> StoredScore:
    """Return a score's row as a breakdown needs it."""
    return StoredScore(
        id=score.id,
        score=score.score,
        why_null=score.why_null,
        probability=score.probability,
        confidence=score.confidence,
        parts=score.parts,
        model_id=score.model_id,
        page_hashes=score.page_hashes,
        profile_version=profile_version,
        computed_at=score.computed_at,
    )


def apportion(values: Sequence[float], *, total: float) -> list[float]:
    """Round values to tenths so that they sum to `total` rounded to a tenth, by largest remainder.

    `total` must be the values' sum up to a rounding step; otherwise the rest cannot be spread and each value is
    rounded down. Works for negative values; a value of exactly zero stays zero.
    """
    scaled = [value * STEPS_PER_POINT for value in values]
    floors = [math.floor(value) for value in scaled]
    missing = rounded_steps(total) - sum(floors)
    by_remainder = sorted(range(len(values)), key=lambda i: (floors[i] - scaled[i], i))
    for index in by_remainder[: max(0, missing)]:
        floors[index] += 1
    return [steps / STEPS_PER_POINT for steps in floors]


def rounded_steps(points: float) -> int:
    """Return points as a whole number of tenths."""
    return round(points * STEPS_PER_POINT)


def break_down(stored: StoredScore, *, page_ids: Mapping[str, int]) -> ScoreBreakdown:
    """Return a stored score for display; `page_ids` maps the company's saved pages from address to id."""
    exact = math.fsum(float(part["points"]) for part in stored.parts)
    adds_up = stored.score is None or abs(exact - stored.score) < TOLERANCE_POINTS
    total = stored.score if stored.score is not None and adds_up else exact
    parts = () if stored.score is None else tuple(_shown_parts(stored.parts, page_ids, total=total))
    return ScoreBreakdown(
        id=stored.id,
        total=None if stored.score is None else rounded_steps(stored.score) / STEPS_PER_POINT,
        why_null=stored.why_null,
        confidence_percent=_percent(stored.confidence),
        probability_percent=_percent(stored.probability),
        model=stored.model_id,
        profile_version=stored.profile_version,
        computed_at=stored.computed_at,
        parts=parts,
        adds_up=adds_up,
        page_hashes=stored.page_hashes,
    )


def _shown_parts(parts: Sequence[Mapping[str, Any]], page_ids: Mapping[str, int], *, total: float) -> list[ScorePart]:
    exact = [float(part["points"]) for part in parts]
    shown = apportion(exact, total=total)
    made = [_shown_part(part, points, page_ids) for part, points in zip(parts, shown, strict=True)]
    return sorted(made, key=lambda part: (part.counts_against, -abs(part.points)))


def _shown_part(part: Mapping[str, Any], points: float, page_ids: Mapping[str, int]) -> ScorePart:
    cited = list(part.get("citations") or ())
    is_signal = str(part["id"]).startswith(_SIGNAL_PREFIX)
    shares = apportion([float(citation["points"]) for citation in cited], total=points)
    passages = [_passage(citation, share, page_ids) for citation, share in zip(cited, shares, strict=True)]
    return ScorePart(
        id=str(part["id"]),
        label=signal_label(str(part["id"]).removeprefix(_SIGNAL_PREFIX)) if is_signal else str(part["label"]),
        points=points + 0.0,
        of=round(float(part["of"]), 1),
        citations=tuple(sorted(passages, key=lambda passage: -abs(passage.points))),
    )


def _passage(citation: Mapping[str, Any], points: float, page_ids: Mapping[str, int]) -> CitedPassage:
    start, end = citation.get("start"), citation.get("end")
    has_place = start is not None and end is not None and end > start
    return CitedPassage(
        url=str(citation["url"]),
        page_id=page_ids.get(str(citation["url"])),
        start=start if has_place else None,
        end=end if has_place else None,
        quote=str(citation["quote"]),
        points=points + 0.0,
    )


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)
