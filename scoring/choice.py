"""Choose the passages of a large site that are worth embedding: every page speaks, no page drowns the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from scoring.passages import Passage

# Measured on 360 real sites: 33 passages a site on average, most of them the tail of one long article.
MAX_PASSAGES = 24


def choose_passages(passages: Sequence[Passage], *, limit: int = MAX_PASSAGES) -> list[Passage]:
    """Return at most `limit` passages in their given order, shared evenly among the pages.

    A page that is short leaves its share to the longer ones. Of a page with more than its share, the first passage
    and then evenly spaced ones are taken, so that a long article is represented to its end.
    """
    if len(passages) <= limit:
        return list(passages)
    pages: dict[str, list[Passage]] = {}
    for passage in passages:
        pages.setdefault(passage.url, []).append(passage)
    shares = _shares([len(page) for page in pages.values()], limit)
    chosen = {
        (passage.url, passage.start)
        for page, share in zip(pages.values(), shares, strict=True)
        for passage in _spread(page, share)
    }
    return [passage for passage in passages if (passage.url, passage.start) in chosen]


def _shares(sizes: Sequence[int], limit: int) -> list[int]:
    """Deal `limit` places round by round to the pages that still have a passage to place, the first page first."""
    rounds = zip_longest(*([page] * size for page, size in enumerate(sizes)))
    dealt = [page for around in rounds for page in around if page is not None][:limit]
    return [dealt.count(page) for page in range(len(sizes))]


def _spread(page: Sequence[Passage], share: int) -> list[Passage]:
    return [page[place * len(page) // share] for place in range(share)]
