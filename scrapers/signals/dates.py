"""When a site last published: dates of posts as machines and people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from scrapers.signals.needles import Lines
from scrapers.signals.view import PageSignal, PageView

_ISO = re.compile(r"\b(20\d\d|199\d)-(\d\d)-(\d\d)")
_MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
    "januar": 1, "februar": 2, "märz": 3, "mai": 5, "juni": 6, "juli": 7, "oktober": 10, "dezember": 12,
    "stycznia": 1, "lutego": 2, "marca": 3, "kwietnia": 4, "maja": 5, "czerwca": 6, "lipca": 7, "sierpnia": 8,
    "września": 9, "października": 10, "listopada": 11, "grudnia": 12,
    "janvier": 1, "février": 2, "mars": 3, "avril": 4, "juin": 6, "juillet": 7, "août": 8, "septembre": 9,
    "octobre": 10,
    "novembre": 11, "décembre": 12,
    "enero": 1, "febrero": 2, "marzo": 3, "abril": 4, "mayo": 5, "junio": 6, "julio": 7, "agosto": 8, "septiembre": 9,
    "octubre": 10, "noviembre": 11, "diciembre": 12,
}  # fmt: skip
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?(?: de)? ({_NAME})\.?,?(?: de)? (20\d\d|199\d)\b", re.IGNORECASE
)
_MONTH_FIRST = re.compile(rf"\b({_NAME})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (20\d\d|199\d)\b", re.IGNORECASE)
_YEAR = re.compile(r"20\d\d|199\d")
_LINE_CHARS = 120
_MAX_DATES = 60


def find_dates(view: PageView, lines: Lines) -> Iterator[PageSignal]:
    """Yield `post_date` signals: value ISO date, quote as it stands on the page; newest first, at most 60."""
    found: dict[str, str] = {}
    for raw in (*view.dates, *_marked(view)):
        for day, quote in _iso_dates(raw):
            found.setdefault(day, quote)
    for line in lines.texts:
        if len(line) <= _LINE_CHARS and _YEAR.search(line):
            for day, _ in _written_dates(line):
                found.setdefault(day, line)
    for day in sorted(found, reverse=True)[:_MAX_DATES]:
        yield PageSignal("post_date", day, found[day])


def _marked(view: PageView) -> Iterator[str]:
    for node in view.tree.iter("time"):
        yield node.get("datetime") or ""
    for node in view.tree.iter("meta"):
        if (node.get("property") or node.get("name") or "").lower() in (
            "article:published_time",
            "date",
            "datepublished",
        ):
            yield node.get("content") or ""


def _iso_dates(text: str) -> Iterator[tuple[str, str]]:
    found = _ISO.search(text[:40])
    if found:
        yield from _valid(int(found.group(1)), int(found.group(2)), int(found.group(3)), found.group())


def _written_dates(line: str) -> Iterator[tuple[str, str]]:
    yield from _iso_dates(line)
    for found in _DAY_FIRST.finditer(line):
        day, month, year = found.groups()
        yield from _valid(int(year), _MONTHS[month.lower()], int(day), found.group())
    for found in _MONTH_FIRST.finditer(line):
        month, day, year = found.groups()
        yield from _valid(int(year), _MONTHS[month.lower()], int(day), found.group())


def _valid(year: int, month: int, day: int, quote: str) -> Iterator[tuple[str, str]]:
    try:
        yield date(year, month, day).isoformat(), quote
    except ValueError:
        return
