"""What a detector sees of a page, and what it reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

    from scrapers.extract.page import PageLink

_QUOTE_CHARS = 240


@dataclass(frozen=True, slots=True)
class PageSignal:
    """A fact read off the page with the words or markup that prove it, quoted verbatim."""

    name: str
    value: str
    quote: str


@dataclass(frozen=True, slots=True)
class PageView:
    """A parsed page: `lines` are all its visible texts in order, `main_text` those a reader came for."""

    url: str
    title: str
    tree: etree._Element
    lines: tuple[str, ...]
    main_text: str
    links: tuple[PageLink, ...]
    types: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


def quote_around(line: str, start: int, end: int) -> str:
    """Cut the sentence around a match out of a line, at most 240 characters, word for word."""
    left = max(line.rfind(mark, 0, start) for mark in (". ", "! ", "? ")) + 1
    stops = [found for found in (line.find(mark, end) for mark in (". ", "! ", "? ")) if found >= 0]
    right = min(stops) + 1 if stops else len(line)
    sentence = line[left:right].strip()
    if len(sentence) <= _QUOTE_CHARS:
        return sentence
    middle = max(0, min((start + end - _QUOTE_CHARS) // 2, len(line) - _QUOTE_CHARS))
    return line[middle : middle + _QUOTE_CHARS].strip()
