"""Cut the readable text of a site's pages into passages, the unit that is embedded, scored and quoted.

A passage is a verbatim span of one page, so that a quote in a score can always be found on the page again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoring.words import TOKEN, count_words

# Half of the 120 allowed: shorter passages rank better on the labeled sites, embed as fast and quote better.
MAX_WORDS = 60
MIN_WORDS_BEFORE_BREAK = 25
MAX_CHARS = 1_200
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)]*\s")
_HEADING_MAX_WORDS = 12


@dataclass(frozen=True, slots=True)
class PageText:
    """The readable text of one crawled page."""

    url: str
    title: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """At most 120 words of a page: `text == page.text[start:end]`, character offsets."""

    url: str
    heading: str | None
    start: int
    end: int
    text: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    words: int
    heading: bool


def cut_passages(pages: Sequence[PageText], *, max_words: int = MAX_WORDS) -> list[Passage]:
    """Cut pages into passages in reading order; a line seen earlier on the site is left out where it repeats.

    Menus, footers and cookie notices repeat on every page: counted once they cannot outweigh what a page says.
    Raises ValueError when `max_words` is below 1.
    """
    if max_words < 1:
        raise ValueError(f"max_words must be at least 1, not {max_words}")
    seen: set[str] = set()
    passages: list[Passage] = []
    for page in pages:
        passages.extend(_cut_page(page, seen=seen, max_words=max_words))
    return passages


def content_hash(text: str) -> str:
    """Return the sha256 hex digest of a text's UTF-8 bytes, lone surrogates kept apart from real characters."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _cut_page(page: PageText, *, seen: set[str], max_words: int) -> Iterator[Passage]:
    heading: str | None = None
    block: list[_Line] = []
    words = 0
    for line in _lines(page.text, seen=seen, max_words=max_words):
        if line is None or _must_break(line, words=words, block=block, text=page.text, max_words=max_words):
            if block:
                yield _passage(page, heading, block)
            block, words = [], 0
        if line is None:
            continue
        if line.heading:
            heading = page.text[line.start : line.end].lstrip("# ").strip()
        block.append(line)
        words += line.words
    if block:
        yield _passage(page, heading, block)


def _must_break(line: _Line, *, words: int, block: list[_Line], text: str, max_words: int) -> bool:
    if not block:
        return False
    if words + line.words > max_words or line.end - block[0].start > MAX_CHARS:
        return True
    paragraph_gap = text.count("\n", block[-1].end, line.start) > 1
    return words >= min(MIN_WORDS_BEFORE_BREAK, max_words) and (line.heading or (paragraph_gap and words >= 40))


def _passage(page: PageText, heading: str | None, block: list[_Line]) -> Passage:
    start, end = block[0].start, block[-1].end
    text = page.text[start:end]
    return Passage(page.url, heading, start, end, text, content_hash(text))


def _lines(text: str, *, seen: set[str], max_words: int) -> Iterator[_Line | None]:
    """Yield the lines of a page that the site has not said before; None where a repeated line was left out."""
    for match in re.finditer(r"[^\r\n]+", text):
        start, end = _trim(text, match.start(), match.end())
        if start == end:
            continue
        key = " ".join(text[start:end].casefold().split())
        if key in seen:
            yield None
            continue
        seen.add(key)
        yield from _split_line(text, start, end, max_words=max_words)


def _split_line(text: str, start: int, end: int, *, max_words: int) -> Iterator[_Line]:
    while start < end:
        cut = _cut_point(text, start, end, max_words=max_words)
        piece_start, piece_end = _trim(text, start, cut)
        piece = text[piece_start:piece_end]
        if piece:
            words = count_words(piece)
            yield _Line(piece_start, piece_end, words, heading=_is_heading(piece, words))
        start = cut


def _cut_point(text: str, start: int, end: int, *, max_words: int) -> int:
    """Return where the first piece of a line ends: at a sentence end if there is one in reach, else at a word."""
    last = start
    for count, match in enumerate(TOKEN.finditer(text, start, end), start=1):
        if count > max_words or match.end() - start > MAX_CHARS:
            break
        last = match.end()
    else:
        return end
    if last == start:  # one unbroken run longer than a passage: cut it by characters
        return min(end, start + MAX_CHARS)
    sentence_ends = [m.end() for m in _SENTENCE_END.finditer(text, start, last)]
    return sentence_ends[-1] if sentence_ends and sentence_ends[-1] - start > (last - start) // 3 else last


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _is_heading(piece: str, words: int) -> bool:
    if piece.startswith("#"):
        return True
    return 1 <= words <= _HEADING_MAX_WORDS and len(piece) <= 90 and piece[-1] not in ".!?,;:…|" and piece[0].isupper()
