"""The main text of a page: the blocks that a reader came for.

Article extractors throw service pages away, and stripping menus keeps too much. So every block gets a probability of
being main text, and a page keeps the set of blocks whose expected F1 is the best (for probabilities p and sizes w that
is a cut through the sorted blocks), which adapts the threshold to each page.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scrapers.extract.blocks import Block, BlockPage
from scrapers.extract.features import block_features
from scrapers.extract.forest import load_forest
from scrapers.extract.hints import PageHints

_HOPELESS = 0.08
_CHUNK = 256
_REPEAT_CHARS = 25


def main_blocks(page: BlockPage, hints: PageHints) -> list[Block]:
    """Return the blocks of main text in page order; none when nothing on the page looks like it."""
    if not page.blocks:
        return []
    chance = block_chances(page, hints)
    words = np.array([block.text.count(" ") + 1 for block in page.blocks], dtype=np.float64)
    kept = chance >= best_cut(chance, words)
    main = [block for block, keep in zip(page.blocks, kept, strict=True) if keep]
    says_something = any(letter.isalnum() for block in main for letter in block.text)
    return _without_repeats(main) if says_something else []


def block_chances(page: BlockPage, hints: PageHints) -> npt.NDArray[np.float64]:
    """Return each block's probability of being main text."""
    features = block_features(page, hints)
    forest = load_forest()
    pieces = [forest.probability(features[start : start + _CHUNK]) for start in range(0, len(features), _CHUNK)]
    return np.concatenate(pieces)


def best_cut(chance: npt.NDArray[np.float64], words: npt.NDArray[np.float64]) -> float:
    """Return the probability down to which blocks are kept; more than 1 where no block of the page looks like its text.

    It starts from the cut with the highest expected F1 over words and goes lower where that F1 is low: on a page the
    classifier is unsure of (a list of products, say), losing the text costs more than a stray line.
    """
    if chance.max() < _HOPELESS:
        return 2.0
    order = np.argsort(-chance, kind="stable")
    right = np.cumsum((chance * words)[order])
    kept = np.cumsum(words[order])
    expected = 2 * right / (kept + right[-1])
    best = int(expected.argmax())
    return float(chance[order][best] * np.clip(1.4 * expected[best] - 0.2, 0.4, 1.0))


def _without_repeats(blocks: list[Block]) -> list[Block]:
    """Drop long lines that stand on the page twice: layouts for phone and desktop both carry the text."""
    seen: set[str] = set()
    kept = []
    for block in blocks:
        if block.text not in seen or len(block.text) <= _REPEAT_CHARS:
            kept.append(block)
        seen.add(block.text)
    return kept
