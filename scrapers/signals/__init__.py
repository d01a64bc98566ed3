"""Facts read off a page that speak for or against a partner, each with a quoted proof.

A signal never rests on a guess: its `quote` stands on the page word for word, or is an address in its markup.
"""

from __future__ import annotations

from scrapers.signals.dates import find_dates
from scrapers.signals.markup import find_markup_signals
from scrapers.signals.needles import Lines
from scrapers.signals.offer import find_offer
from scrapers.signals.phrases import find_phrases
from scrapers.signals.view import PageSignal, PageView

__all__ = ["PageSignal", "PageView", "find_signals"]

_MAX_SIGNALS = 80


def find_signals(view: PageView) -> tuple[PageSignal, ...]:
    """Return the page's signals, each (name, value) once, in a fixed order."""
    found: dict[tuple[str, str], PageSignal] = {}
    lines = Lines.of(view.lines)
    for detector in (find_phrases, find_markup_signals, find_offer, find_dates):
        for signal in detector(view, lines):
            found.setdefault((signal.name, signal.value), signal)
    return tuple(found.values())[:_MAX_SIGNALS]
