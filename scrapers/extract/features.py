"""Numbers about each block of a page, for the classifier that tells main text from the rest.

One row per block. The columns speak of the block itself, its markup, its look-alikes, its containers, its neighbors,
its place and the page as a whole; `COLUMNS` names them in order, and the fitted model refers to them by number.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import numpy.typing as npt

from scrapers.extract.blocks import Block, BlockPage
from scrapers.extract.hints import PageHints
from scrapers.extract.marks import BIT, MARKS
from scrapers.extract.surroundings import container_features, neighbor_features, page_features, place_features
from scrapers.signals.needles import phrase

Matrix = npt.NDArray[np.float32]

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_OWN = ("words", "word_chars", "link_share", "ends_sentence", "commas", "capitals", "digits", "bold", "depth", "date",
        "price", "p", "div", "li", "cell", "heading", "figcaption", "button")  # fmt: skip
_OWN_MARKS = ("meta", "nav", "card", "cta", "hidden", "content", "caption")
_REPEATS = ("count", "again", "in_title")
_FAMILY = ("size", "share", "words", "link_share", "ends_sentence", "date", "price")
_CUTS = ("is_cut", "cuts", "blocks_since", "words_since", "heading_cuts")
COLUMNS = (
    *_OWN,
    *(f"in_{mark}" for mark in MARKS),
    *(f"own_{mark}" for mark in _OWN_MARKS),
    *(f"repeat_{name}" for name in _REPEATS),
    *(f"family_{name}" for name in _FAMILY),
    *(f"cut_{name}" for name in _CUTS),
)  # followed by the columns of `surroundings`
_HEAD_CHARS, _TAIL_CHARS = 160, 40
_END = re.compile(r"[.!?…:;。！？]['\"”’)\]]*$")
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d+ (?:min|hour|day|week|month)s? (?:ago|read)\b",
    re.IGNORECASE,
)
_PRICE = re.compile(r"[$€£¥]\s?\d|\d\s?(?:€|zł|USD|EUR|PLN|%)")
_MORE = "(?:posts?|articles?|stories|news|videos?|products?|from|blogs?|reads?|in|resources|content)"
_CUT = phrase(
    r"related|you (?:may|might|could)|recommended|comments?\b|leave a|interactions|responses|about the author"
    rf"|recent {_MORE}|latest {_MORE}|popular {_MORE}|more {_MORE}|other {_MORE}|featured {_MORE}|top {_MORE}"
    r"|newsletter|subscribe|share this|join (?:the|our)|sign up|follow|see also"
    r"|continue (?:reading|browsing)|up next|read next|get started|take the next|contact us|ready to|categories|tags"
    r"|archives|similar|customers also|recently viewed|trending|reviews?|testimonials|what our|powiązane|podobne|zobacz"
    r"|komentarz|ähnliche|verwandte|auch interessant|kommentar|articles? similaires|à lire|commentaire|relacionad"
    r"|comentario|également"
)
_CUT_WORDS = 7


def block_features(page: BlockPage, hints: PageHints) -> Matrix:
    """Return the feature matrix of a page's blocks: float32, one row per block."""
    blocks = page.blocks
    own = np.array([_own_features(block) for block in blocks], dtype=np.float32)
    marks = _bits([block.marks for block in blocks], tuple(BIT.values()))
    words, links = own[:, 0], own[:, 2]
    headings = own[:, 15] > 0
    parts = [
        own,
        marks,
        _bits([block.own_marks for block in blocks], tuple(BIT[mark] for mark in _OWN_MARKS)),
        _repeats(blocks, hints.title),
        _family_features(blocks, own),
        _cut_features(blocks, words),
        container_features(page, words=words, links=links, headings=headings),
        neighbor_features(page, own[:, [0, 2, 3, 15]]),
        place_features(blocks, words, headings),
        page_features(own, marks, hints),
    ]
    return np.hstack(parts).astype(np.float32)


def _bits(values: list[int], bits: tuple[int, ...]) -> Matrix:
    numbers = np.array(values, dtype=np.int64)[:, None]
    flags: Matrix = ((numbers & np.array(bits, dtype=np.int64)) != 0).astype(np.float32)
    return flags


def _own_features(block: Block) -> tuple[float, ...]:
    text, tag = block.text, block.tag
    words, length = text.count(" ") + 1, len(text)
    head = text if length <= _HEAD_CHARS + _TAIL_CHARS else text[:_HEAD_CHARS] + text[-_TAIL_CHARS:]
    return (
        words,
        length / words,
        block.link_chars / length,
        _END.search(head) is not None,
        (text.count(",") + text.count(". ")) / words,
        sum(map(str.isupper, head)) / len(head),
        sum(map(str.isdigit, head)) / len(head),
        block.bold,
        block.depth,
        _DATE.search(head) is not None,
        _PRICE.search(head) is not None,
        tag == "p",
        tag == "div",
        tag == "li",
        tag in ("td", "th"),
        tag in HEADINGS,
        tag == "figcaption",
        tag == "button",
    )


def _repeats(blocks: list[Block], title: str) -> Matrix:
    counts = Counter(block.text for block in blocks)
    lowered = title.lower()
    seen: set[str] = set()
    rows = []
    for block in blocks:
        rows.append((counts[block.text], block.text in seen, len(block.text) > 8 and block.text.lower() in lowered))
        seen.add(block.text)
    return np.array(rows, dtype=np.float32)


def _family_features(blocks: list[Block], own: Matrix) -> Matrix:
    """How many blocks look alike in markup, and what they look like: cards and comments come in families."""
    keys = [(block.tag, block.marks, block.depth) for block in blocks]
    numbers = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    family = np.array([numbers[key] for key in keys])
    size = np.bincount(family).astype(np.float64)
    columns = [np.bincount(family, weights=own[:, column]) / size for column in (0, 2, 3, 9, 10)]
    table: Matrix = np.vstack([np.log1p(size), size / len(blocks), *columns]).T[family].astype(np.float32)
    return table


def _announces(text: str) -> bool:
    lowered = text.lower()
    return any(needle in lowered for needle in _CUT.needles) and _CUT.pattern.search(text) is not None


def _cut_features(blocks: list[Block], words: Matrix) -> Matrix:
    """How long ago a short line announced something other than the page's own text ("Related", "12 comments")."""
    rows = []
    count, blocks_since, words_since, heading_cuts = 0, 300, 3000.0, False
    for block, size in zip(blocks, words.tolist(), strict=True):
        short = size <= _CUT_WORDS and block.link_chars < len(block.text)
        is_cut = short and _announces(block.text)
        if is_cut:
            count, blocks_since, words_since = count + 1, 0, 0.0
        if block.tag in HEADINGS:
            heading_cuts = is_cut
        rows.append((is_cut, count, blocks_since, words_since, heading_cuts))
        blocks_since, words_since = min(blocks_since + 1, 300), min(words_since + size, 3000.0)
    return np.array(rows, dtype=np.float32)
