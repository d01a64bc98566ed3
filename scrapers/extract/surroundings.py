"""Numbers about where a block stands: in which containers, between which neighbors, how far down which page."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scrapers.extract.blocks import Block, BlockPage
from scrapers.extract.hints import PageHints
from scrapers.extract.marks import MARKS

Matrix = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

_LEVELS = 6
_LONG_WORDS, _PARAGRAPH_WORDS = 10, 20
_NO_HEADING = 99


def container_features(page: BlockPage, *, words: Matrix, links: Matrix, headings: Flags) -> Matrix:
    """Seven numbers for each of the six nearest containers.

    Words (log), share of link text, blocks (log), words per block, share of words in long blocks, share of headings,
    share of the page.
    """
    count = len(words)
    sums = np.zeros((4, count + 1), dtype=np.float64)
    sums[:, 1:] = np.cumsum(np.vstack([words, words * links, words * (words >= _LONG_WORDS), headings]), axis=1)
    first = np.array([container.first for container in page.containers] or [0])
    last = np.minimum(np.array([container.last for container in page.containers] or [count]), count)
    held = sums[:, last] - sums[:, first]
    blocks, some = np.maximum(last - first, 1), np.maximum(held[0], 1)
    table = np.vstack(
        [
            np.log1p(held[0]),
            held[1] / some,
            np.log1p(blocks),
            held[0] / blocks,
            held[2] / some,
            held[3] / blocks,
            held[0] / max(float(sums[0, -1]), 1.0),
        ]
    ).T
    paths = [(block.containers[::-1] or (0,)) for block in page.blocks]
    number = np.array([(path + path[-1:] * _LEVELS)[:_LEVELS] for path in paths])
    chosen: Matrix = table[number].reshape(count, -1).astype(np.float32)
    return chosen


def neighbor_features(page: BlockPage, columns: Matrix) -> Matrix:
    """The two blocks on each side, means over five and fifteen on each side, and likeness to the next of kin.

    `columns` are words, share of link text, sentence end, heading.
    """
    short = np.minimum(columns[:, :1], 30)
    parts = [_shifted(columns[:, :2], shift) for shift in (-2, -1, 1, 2)]
    parts += [_window_means(np.hstack([columns, short]), reach) for reach in (5, 15)]
    return np.hstack([*parts, _likeness(page.blocks)])


def _likeness(blocks: list[Block]) -> Matrix:
    """Whether a block looks like the one before and the one after it."""
    looks = [(block.own_marks, block.tag) for block in blocks]
    before = [False, *(looks[place] == looks[place - 1] for place in range(1, len(looks)))]
    return np.array([before, [*before[1:], False]], dtype=np.float32).T


def _shifted(columns: Matrix, shift: int) -> Matrix:
    moved = np.zeros_like(columns)
    if abs(shift) < len(columns):
        if shift < 0:
            moved[-shift:] = columns[:shift]
        else:
            moved[:-shift] = columns[shift:]
    return moved


def _window_means(columns: Matrix, reach: int) -> Matrix:
    sums = np.vstack([np.zeros((1, columns.shape[1])), np.cumsum(columns, axis=0, dtype=np.float64)])
    places = np.arange(len(columns))
    low, high = np.maximum(places - reach, 0), np.minimum(places + reach + 1, len(columns))
    means: Matrix = ((sums[high] - sums[low]) / (high - low)[:, None]).astype(np.float32)
    return means


def place_features(blocks: list[Block], words: Matrix, headings: Flags) -> Matrix:
    """Place from the start and end, against the first h1, the first and last paragraph, and the last heading."""
    count = len(blocks)
    places = np.arange(count)
    before = np.concatenate([[0.0], np.cumsum(words)[:-1]])
    total = max(float(words.sum()), 1.0)
    h1 = next((place for place, block in enumerate(blocks) if block.tag == "h1"), None)
    paragraphs = np.flatnonzero(words >= _PARAGRAPH_WORDS)
    first, last = (int(paragraphs[0]), int(paragraphs[-1])) if len(paragraphs) else (0, count)
    return np.vstack(
        [
            places,
            count - places,
            places / count,
            before / total,
            np.full(count, -999.0) if h1 is None else places - h1,
            np.full(count, -9.0) if h1 is None else (before - before[h1]) / total,
            places - first,
            last - places,
            _since(headings),
        ]
    ).T.astype(np.float32)


def _since(flags: Flags) -> list[int]:
    counted, run = [], _NO_HEADING
    for flag in flags.tolist():
        run = 0 if flag else min(run + 1, _NO_HEADING)
        counted.append(run)
    return counted


def page_features(own: Matrix, marks: Matrix, hints: PageHints) -> Matrix:
    """The same row for every block: size, shares of words by kind and by region, and what the page says it is."""
    words = own[:, 0]
    total = max(float(words.sum()), 1.0)

    def share(chosen: Matrix | Flags) -> float:
        return float((words * chosen).sum()) / total

    row = [
        np.log1p(total),
        np.log1p(len(own)),
        share(own[:, 2]),
        share(words >= _PARAGRAPH_WORDS),
        share(own[:, 11]),
        share(own[:, 13]),
        *(share(marks[:, MARKS.index(name)]) for name in ("main", "article", "nav", "card", "form")),
        float(own[:, 10].mean()),
        float(own[:, 9].mean()),
        *hints.numbers(),
    ]
    return np.tile(np.array(row, dtype=np.float32), (len(own), 1))
