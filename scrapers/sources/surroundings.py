"""A page as one text with the place of every element in it, so that what stands around a link is a slice."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

CARDS = frozenset(("li", "tr", "article", "dd", "p", "td", "section", "div"))
_CELLS = frozenset(("td", "th"))
_TITLED = frozenset(("tr", "li", "article", "dd"))
_TITLES = frozenset(("td", "th", "strong", "b"))
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "iframe", "object", "select"))
_INLINE = frozenset("a span b strong em i u small sup sub abbr mark font code cite q time label".split())
_SPACE = re.compile(r"\s+")
_MAX_PARENTS = 12
_BEFORE, _AROUND = 80, 290


@dataclass(slots=True)
class PageText:
    """The visible text of a page; `spans` holds each element's place in it, `headings` the places of h2 to h6.

    `titles` holds, for each card of its own, the place of its first cell or bold words.
    """

    text: str = ""
    spans: dict[etree._Element, tuple[int, int]] = field(default_factory=dict)
    headings: list[tuple[int, int]] = field(default_factory=list)
    titles: dict[etree._Element, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: etree._Element) -> PageText:
        """Read a page once, from its first element to its last."""
        writer = _Writer()
        page = cls()
        starts: dict[etree._Element, int] = {}
        quiet = 0
        for event, node in etree.iterwalk(tree, events=("start", "end")):
            is_silent, is_block = node.tag in _SILENT, node.tag not in _INLINE
            if event == "start":
                quiet += is_silent
                if node.tag in _CELLS and node.getprevious() is not None and not quiet:
                    writer.write("·", breaks=True)
                starts[node] = writer.write("" if quiet else node.text, breaks=is_block)
                continue
            page.spans[node] = (min(starts.pop(node), writer.length), writer.length)
            page._note(node)
            quiet -= is_silent
            writer.write("" if quiet else node.tail, breaks=is_block)
        page.text = "".join(writer.pieces)
        return page

    def _note(self, node: etree._Element) -> None:
        span = self.spans[node]
        if node.tag in _HEADINGS:
            self.headings.append(span)
        elif node.tag in _TITLES and span[1] > span[0]:
            card = next((parent for parent in parents(node) if parent.tag in _TITLED), None)
            if card is not None:
                self.titles.setdefault(card, span)

    def of_element(self, node: etree._Element) -> str:
        """Return the text inside an element."""
        start, end = self.spans[node]
        return self.text[start:end].strip()

    def heading_before(self, node: etree._Element) -> str:
        """Return the nearest heading (h2 to h6) that stands before an element, an empty text where there is none."""
        place = bisect_right(self.headings, (self.spans[node][0], 0)) - 1
        return self.text[slice(*self.headings[place])].strip() if place >= 0 else ""

    def title_of_card(self, node: etree._Element) -> str:
        """Return what stands first in a table's row, or in bold in an element's own card; empty where nothing does."""
        card = next((parent for parent in parents(node) if parent.tag in _TITLED), None)
        start, end = self.titles.get(card, (0, 0)) if card is not None else (0, 0)
        return self.text[start:end].strip()[:_AROUND] if start < self.spans[node][0] else ""

    def around(self, node: etree._Element) -> str:
        """Return the line an element stands in: its card's text, cut around the element where that is long."""
        start, end = self.spans[node]
        for parent in parents(node):
            low, high = self.spans[parent]
            if parent.tag in CARDS and len(self.text[low:high].strip()) > end - start + 10:
                return _window(self.text, card=(low, high), inside=(start, end))
        return self.text[start:end].strip()[:_AROUND]


@dataclass(slots=True)
class _Writer:
    """Collects text with its white space collapsed; blocks are set apart by a space, inline elements are not."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    ends_in_space: bool = True

    def write(self, text: str | None, *, breaks: bool) -> int:
        """Add a piece; return where it starts."""
        if breaks and not self.ends_in_space:
            self._put(" ")
        start = self.length
        piece = _SPACE.sub(" ", text or "")
        self._put(piece[1:] if self.ends_in_space and piece.startswith(" ") else piece)
        return start

    def _put(self, piece: str) -> None:
        if piece:
            self.pieces.append(piece)
            self.length += len(piece)
            self.ends_in_space = piece.endswith(" ")


def parents(node: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements around one, from the inside, up to the body or the twelfth."""
    parent = node.getparent()
    for _ in range(_MAX_PARENTS):
        if parent is None or parent.tag in ("body", "html"):
            return
        yield parent
        parent = parent.getparent()


def _window(text: str, *, card: tuple[int, int], inside: tuple[int, int]) -> str:
    """Cut a long card down to what stands around one place in it, at the ends of words."""
    low, high = card
    if high - low <= _AROUND:
        return text[low:high].strip()
    start = low if inside[0] - low <= _BEFORE else text.find(" ", inside[0] - _BEFORE, inside[0]) + 1 or inside[0]
    cut = text[start : min(high, start + _AROUND)]
    is_cut = start + _AROUND < high
    return ("… " if start > low else "") + (cut.rpartition(" ")[0] + " …" if is_cut else cut).strip()
