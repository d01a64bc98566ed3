"""What kind of site it is, by what the site says of itself, then by what it talks about, with the words that prove it.

A title or the first lines of the home page name a kind outright (`self`); words that come with a kind anywhere on its
pages are hints and only count together. Articles talk about everything, so their hints weigh half.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapers.report import PageKind, SitePage, SiteSignal
from scrapers.signals.needles import Lines, Phrase, matches, phrase
from scrapers.signals.view import quote_around

_DECISIVE = {"parked": "parked", "adult": "adult", "gambling": "gambling", "coupons": "coupon"}
_SIGNAL_POINTS = (
    ("service", "agency", 0.5),
    ("affiliate_disclosure", "content", 1.5),
    ("affiliate_link", "content", 1.0),
    ("partner_badge", "agency", 1.0),
)
_PRICE_LINE = re.compile(
    r"(?:from |ab |od )?(?:[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:€|zł|£|\$|usd|eur|pln|gbp))", re.IGNORECASE
)
_CART_LINE = re.compile(
    r"add to (?:cart|basket|bag)|in den warenkorb|do koszyka|ajouter au panier|buy now", re.IGNORECASE
)
_PERSONAL = re.compile(r"\b(?:I|I'm|I've|my|me|mine|I’m|I’ve)\b")
_WORD = re.compile(r"\b\w+\b")


# Each pattern is looked for on its own, and only on lines that hold its literal: as one alternation they took three
# times as long.
_Rules = Mapping[str, tuple[Phrase, ...]]


def _load() -> tuple[_Rules, _Rules, Mapping[str, tuple[re.Pattern[str], ...]]]:
    rules: dict[str, Any] = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text(encoding="utf-8"))

    def phrases(section: str) -> _Rules:
        return {kind: tuple(_phrase(each, rules) for each in patterns) for kind, patterns in rules[section].items()}

    links = {kind: tuple(re.compile(each, re.IGNORECASE) for each in rules["link"][kind]) for kind in rules["link"]}
    return phrases("self"), phrases("hint"), links


def _phrase(pattern: str, rules: Mapping[str, str]) -> Phrase:
    filled = pattern.replace("{clients}", rules["clients"]).replace("{work}", rules["work"])
    try:
        return phrase(filled)
    except ValueError:
        return phrase(filled, needles=("",))  # no literal to look for first: tried on every line


def _found(lines: Lines, phrases: Sequence[Phrase], *, most: int) -> Iterator[str]:
    """Yield the sentence of at most so many lines that one of the phrases is on, each line once."""
    seen: set[str] = set()
    for wanted in phrases:
        for line, match in matches(lines, wanted):
            if line not in seen and len(seen) < most:
                seen.add(line)
                yield quote_around(line, *match.span())


_SELF, _HINTS, _LINKS = _load()
_HOME_TITLE, _HOME_LINE, _OTHER_TITLE, _HINT, _LINK, _DIRECTORY = 2.5, 1.5, 0.75, 0.4, 0.6, 4
_LABEL_CHARS = 40
_SHELF, _SHELF_POINTS = 8, 1.0
_FIRST_LINES, _OPENING_CHARS, _MAX_HINTS = 6, 400, 4
_ENOUGH, _CLOSE = 2.0, 0.6


@dataclass(slots=True)
class _Tally:
    """Points by kind, with the first words that earned some."""

    points: dict[str, float] = field(default_factory=dict)
    proof: dict[str, SiteSignal] = field(default_factory=dict)

    def add(self, kind: str, points: float, quote: str, url: str) -> None:
        self.points[kind] = self.points.get(kind, 0.0) + points
        self.proof.setdefault(kind, SiteSignal("kind_of_site", kind, quote, url))


def kinds_of_site(pages: Sequence[SitePage], merged: Mapping[tuple[str, str], SiteSignal]) -> Iterator[SiteSignal]:
    """Yield the one or two kinds the evidence speaks for, the strongest first; nothing where it speaks for none.

    `merged` holds the site's other signals by (name, value). A decisive one (parked, coupons…) stands alone.
    """
    named = {name: signal for (name, _), signal in merged.items()}
    for name, kind in _DECISIVE.items():
        if name in named and (name != "coupons" or _lives_on_coupons(pages)):
            yield SiteSignal("kind_of_site", kind, named[name].quote, named[name].url)
            return
    tally = _Tally()
    front = next((page for page in pages if page.kind is PageKind.HOME), pages[0] if pages else None)
    for page in pages:
        _count_self(tally, page, is_front=page is front)
        _count_hints(tally, page)
        _count_goods(tally, page)
    _count_links(tally, pages)
    _count_signals(tally, merged)
    _count_voice(tally, pages)
    ranked = sorted(tally.points, key=lambda kind: -tally.points[kind])
    for kind in ranked[:2]:
        if tally.points[kind] >= _ENOUGH and tally.points[kind] >= _CLOSE * tally.points[ranked[0]]:
            yield tally.proof[kind]


def _lives_on_coupons(pages: Sequence[SitePage]) -> bool:
    """Many a company has one page of coupons for its own goods."""
    carrying = [page for page in pages if any(signal.name == "coupons" for signal in page.signals)]
    return len(carrying) > 1 or any(page.kind is PageKind.HOME for page in carrying)


def _count_self(tally: _Tally, page: SitePage, *, is_front: bool) -> None:
    """What the site calls itself: in the title and first lines of its front page, a little in other titles."""
    title = Lines.of([page.title[:_OPENING_CHARS]])
    opening = Lines.of(line[:_OPENING_CHARS] for line in page.main_text.split("\n", _FIRST_LINES)[:_FIRST_LINES])
    for kind, wanted in _SELF.items():
        for quote in _found(title, wanted, most=1) if is_front or page.kind is not PageKind.POST else ():
            points = _HOME_TITLE if is_front else _OTHER_TITLE
            # A directory of agencies talks of nothing but agencies.
            tally.add(kind, points * (_DIRECTORY if kind == "directory" and is_front else 1), quote, page.url)
        for quote in _found(opening, wanted, most=2) if is_front else ():
            tally.add(kind, _HOME_LINE, quote, page.url)


def _count_hints(tally: _Tally, page: SitePage) -> None:
    weight = _HINT * (0.5 if page.kind is PageKind.POST else 1.0)
    lines = Lines.of(page.main_text.split("\n"))
    for kind, wanted in _HINTS.items():
        for quote in _found(lines, wanted, most=_MAX_HINTS):
            tally.add(kind, weight, quote, page.url)


def _count_goods(tally: _Tally, page: SitePage) -> None:
    """Prices that stand alone, beside a button that buys or a shelf of them, are goods."""
    lines = [line for line in page.main_text.split("\n") if len(line) < _LABEL_CHARS]
    prices = [line for line in lines if _PRICE_LINE.fullmatch(line.strip())]
    carts = [line for line in lines if _CART_LINE.search(line)] if prices else []
    if prices and carts:
        tally.add("shop", min(len(prices), 4) * 0.5 + 0.5, carts[0][:240], page.url)
    elif len(prices) >= _SHELF:
        tally.add("shop", _SHELF_POINTS, prices[0][:240], page.url)


def _count_links(tally: _Tally, pages: Sequence[SitePage]) -> None:
    """What the site's menus offer; each sort of link counts once, however many pages carry it."""
    offered: dict[str, str] = {}
    for page in pages:
        for link in page.links:
            for words in (link.text, link.url):
                offered.setdefault(words, page.url)
    for kind, sorts in _LINKS.items():
        for wanted in sorts:
            found = next((words for words in offered if wanted.search(words)), None)
            if found is not None:
                tally.add(kind, _LINK, found[:240], offered[found])


def _count_signals(tally: _Tally, merged: Mapping[tuple[str, str], SiteSignal]) -> None:
    for name, kind, points in _SIGNAL_POINTS:
        found = [signal for (signal_name, _), signal in merged.items() if signal_name == name]
        if found:
            tally.add(kind, points * min(len(found), 4), found[0].quote, found[0].url)


def _count_voice(tally: _Tally, pages: Sequence[SitePage]) -> None:
    """One person speaking as "I" on the home page speaks for a creator."""
    for page in pages:
        if page.kind is PageKind.HOME:
            words = len(_WORD.findall(page.main_text))
            first = _PERSONAL.search(page.main_text)
            if first and words >= 40 and len(_PERSONAL.findall(page.main_text)) > words * 0.025:
                line = quote_around(page.main_text.replace("\n", " "), *first.span())
                tally.add("creator", 1.5, line, page.url)
