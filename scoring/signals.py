"""Facts read off a site as parts of its score."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from scoring.evidence import SignalFact
from scoring.profile import SignalRule
from scoring.result import Citation, Part
from scoring.view import SiteView


def signal_parts(rules: Sequence[SignalRule], view: SiteView, *, worth: Callable[[float], float]) -> list[Part]:
    """Return a part per rule; its points are shared evenly by the facts that prove it, 0 without a fact."""
    parts = []
    for rule in rules:
        of = worth(rule.weight)
        facts = [fact for fact in view.site.signals if fact.name == rule.name]
        cited = tuple(_citation(fact, view, points=of / len(facts)) for fact in facts)
        label = rule.name.replace("_", " ")
        parts.append(Part(f"signal:{rule.name}", label, math.fsum(c.points for c in cited), of, cited))
    return parts


def _citation(fact: SignalFact, view: SiteView, *, points: float) -> Citation:
    """Point at the quote in the page's text where a passage holds it, else at the page (span 0-0)."""
    for passage in view.passages:
        at = passage.text.find(fact.quote) if passage.url == fact.url and fact.quote else -1
        if at >= 0:
            start = passage.start + at
            return Citation(fact.url, start, start + len(fact.quote), fact.quote, points)
    return Citation(fact.url, 0, 0, fact.quote or fact.value, points)
