"""What changed between two readings of a page, as passages taken away and put in, word for word."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

MAX_PASSAGES = 20
MAX_CHARS = 700


@dataclass(frozen=True, slots=True)
class TextChange:
    """Passages (blocks of a page's text) that only the old or only the new text has, in page order.

    At most MAX_PASSAGES a side, each cut at MAX_CHARS characters; the counts say how many there are in all.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    removed_count: int
    added_count: int


def compare_texts(old: str, new: str) -> TextChange:
    """Compare two texts of a page by their blocks, in time linear in their size.

    A block that only moved on the page, or whose spaces changed, is no change.
    """
    before, after = _blocks(old), _blocks(new)
    removed, added = _only_in(before, after), _only_in(after, before)
    return TextChange(_cut(removed), _cut(added), len(removed), len(added))


def _blocks(text: str) -> list[str]:
    return [block for line in text.split("\n") if (block := " ".join(line.split()))]


def _only_in(these: list[str], those: list[str]) -> list[str]:
    others = Counter(those)
    only = []
    for block in these:
        if others[block]:
            others[block] -= 1
        else:
            only.append(block)
    return only


def _cut(blocks: list[str]) -> tuple[str, ...]:
    return tuple(block[:MAX_CHARS] for block in blocks[:MAX_PASSAGES])
