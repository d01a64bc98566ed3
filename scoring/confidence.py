"""How firmly a score stands: it is taken again without each page in turn, and what moves little is believed more."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scoring.rules import Rules, quick_score
from scoring.view import SiteView, keep_passages

WORDS_FOR_TRUST = 90.0
POINTS_OF_DOUBT = 12.0
# A text that cannot be taken apart has not been tested at all: half trust, by definition.
UNTESTED = 0.5
MAX_TRIALS = 8


def confidence_of(rules: Rules, view: SiteView) -> float:
    """Return 0-1: the amount of text times the agreement of its parts.

    Amount is 1 - exp(-words / 90). Agreement is exp(-movement / 12 points), movement being the root mean square change
    of the score when one page (or, on a single page, one passage) is left out; at most eight are tried.
    """
    words = sum(len(passage.text.split()) for passage in view.passages)
    amount = 1.0 - math.exp(-words / WORDS_FOR_TRUST)
    groups = _groups(view)
    if len(groups) < 2:
        return amount * UNTESTED
    everything = set(range(len(view.passages)))
    reference = quick_score(rules, view)
    moves = [
        quick_score(rules, keep_passages(view, sorted(everything - set(group)), mean=rules.mean)) - reference
        for group in groups
    ]
    movement = math.sqrt(math.fsum(move * move for move in moves) / len(moves))
    return amount * math.exp(-movement / POINTS_OF_DOUBT)


def _groups(view: SiteView) -> list[Sequence[int]]:
    by_page: dict[str, list[int]] = {}
    for row, passage in enumerate(view.passages):
        by_page.setdefault(passage.url, []).append(row)
    groups: list[Sequence[int]] = (
        list(by_page.values()) if len(by_page) > 1 else [[r] for r in range(len(view.passages))]
    )
    step = max(1, -(-len(groups) // MAX_TRIALS))
    return groups[::step]
