"""A profile compiled for one model: everything a score depends on, and the sum itself.

Rules hold only numbers, so that a decision can freeze them and the same score can be computed again years later.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.head import PART_ID, Head, expit, log_odds
from scoring.profile import SignalRule
from scoring.readers import Reader, match, shares
from scoring.result import Citation, Part, total
from scoring.signals import signal_parts
from scoring.view import SiteView


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Readers, signal rules, gates and what was learned; `mean` (d,) is what vectors are centered on."""

    model: str
    mean: NDArray[np.float32]
    readers: tuple[Reader, ...]
    signals: tuple[SignalRule, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    head: Head | None = None

    @property
    def wanted(self) -> float:
        """Sum of all weights that can earn points; 0 when nothing can."""
        earning = [reader.weight for reader in self.readers if reader.wants]
        return math.fsum([*earning, *(rule.weight for rule in self.signals if rule.weight > 0)])

    def worth(self, weight: float) -> float:
        """Return how many of the 100 points a weight stands for."""
        return 100.0 * weight / self.wanted


@dataclass(frozen=True, slots=True)
class Judgment:
    """The sum, its parts and the log-odds behind a probability."""

    score: float
    parts: tuple[Part, ...]
    log_odds: float


def judge(rules: Rules, view: SiteView) -> Judgment:
    """Return score and parts of one readable company; Σ parts = score."""
    cold = cold_parts(rules, view)
    before = total(cold)
    odds, parts = log_odds(before), cold
    if rules.head:
        odds += rules.head.correction(view)
        parts = (*cold, _learned_part(rules.head, view, before=before, after=100.0 * expit(odds)))
    gate = _gate_part(rules, view, earned=total(parts))
    parts = (*parts, gate) if gate else parts
    return Judgment(min(100.0, max(0.0, total(parts))), parts, odds)


def quick_score(rules: Rules, view: SiteView) -> float:
    """Return the score alone, without citations: the same sum, for the many variants a confidence needs."""
    earned = taken = 0.0
    for reader in rules.readers:
        points = rules.worth(reader.weight) * match(reader.strength(view))
        earned, taken = (earned + points, taken) if reader.wants else (earned, taken + points)
    score = max(0.0, earned - taken)
    if rules.head:
        return 100.0 * expit(log_odds(score) + rules.head.correction(view))
    return score


def cold_parts(rules: Rules, view: SiteView) -> tuple[Part, ...]:
    """Return the parts that come from the profile alone."""
    parts = [_topic_part(rules, reader, view) for reader in rules.readers]
    parts.extend(signal_parts(rules.signals, view, worth=rules.worth))
    return _never_below_zero(parts)


def _topic_part(rules: Rules, reader: Reader, view: SiteView) -> Part:
    of = rules.worth(reader.weight) * (1.0 if reader.wants else -1.0)
    points = of * match(reader.strength(view))
    return _shared_part((reader.id, reader.label), view, points=points, of=of, strengths=reader.passage_strengths(view))


def _learned_part(head: Head, view: SiteView, *, before: float, after: float) -> Part:
    points = after - before
    toward = head.lean(view) * (1.0 if points >= 0 else -1.0)
    of = 100.0 - before if points >= 0 else -before
    return _shared_part((PART_ID, head.label), view, points=points, of=of, strengths=toward)


def _gate_part(rules: Rules, view: SiteView, *, earned: float) -> Part | None:
    site = view.site
    found = [
        (what, value, allowed)
        for what, value, allowed in (
            ("language", site.language, rules.languages),
            ("country", site.country, rules.countries),
        )
        if allowed and value and value.casefold() not in allowed
    ]
    if not found:
        return None
    what, value, allowed = found[0]
    label = f"Outside the profile's gate: {what} {value}, wanted {', '.join(allowed)}"
    lengths = np.array([float(len(passage.text)) for passage in view.passages])
    return _shared_part((f"gate:{what}", label), view, points=-earned, of=-100.0, strengths=lengths / lengths.max())


def _shared_part(
    named: tuple[str, str], view: SiteView, *, points: float, of: float, strengths: NDArray[np.float64]
) -> Part:
    portions = shares(strengths)
    order = [int(row) for row in np.argsort(-portions, kind="stable") if portions[row] > 0]
    passages = view.passages
    cited = tuple(
        Citation(passages[i].url, passages[i].start, passages[i].end, passages[i].text, points * float(portions[i]))
        for i in order
    )
    return Part(named[0], named[1], math.fsum(citation.points for citation in cited), of, cited)


def _never_below_zero(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Scale down what is taken away so that it never exceeds what was earned; the sum stays the score."""
    earned = math.fsum(part.points for part in parts if part.points > 0)
    taken = -math.fsum(part.points for part in parts if part.points < 0)
    if taken <= earned:
        return tuple(parts)
    return tuple(_scaled(part, earned / taken) if part.points < 0 else part for part in parts)


def _scaled(part: Part, factor: float) -> Part:
    cited = tuple(Citation(c.url, c.start, c.end, c.quote, c.points * factor) for c in part.citations)
    return Part(part.id, part.label, math.fsum(c.points for c in cited), part.of, cited)
