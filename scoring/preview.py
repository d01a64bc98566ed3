"""What a profile edit would do before it is saved: who moves up, who down, and because of which part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.matrix import SiteMatrix
from scoring.rescore import Rescored, rescore
from scoring.rules import Rules


@dataclass(frozen=True, slots=True)
class Move:
    """One company under the old and the new rules; ranks count from 1, `because` is the part that changed most."""

    domain: str
    before: float
    after: float
    rank_before: int
    rank_after: int
    because: str


def preview(old: Rules, new: Rules, matrix: SiteMatrix) -> list[Move]:
    """Return every company with its old and new score, largest change of rank first."""
    before, after = rescore(old, matrix), rescore(new, matrix)
    ranks_before, ranks_after = _ranks(before), _ranks(after)
    order = np.argsort(-np.abs(ranks_before - ranks_after), kind="stable")
    reasons = _reasons(before, after)
    return [
        Move(
            matrix.domains[row],
            float(before.scores[row]),
            float(after.scores[row]),
            int(ranks_before[row]),
            int(ranks_after[row]),
            reasons[row],
        )
        for row in order
    ]


def _ranks(found: Rescored) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    ranks = np.empty(len(found.scores), dtype=np.int64)
    ranks[np.argsort(-found.scores, kind="stable")] = np.arange(1, len(found.scores) + 1)
    return ranks


def _reasons(before: Rescored, after: Rescored) -> list[str]:
    ids = list(dict.fromkeys([*after.part_ids, *before.part_ids]))
    size = len(after.scores)

    def column(found: Rescored, part: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return found.points[:, found.part_ids.index(part)] if part in found.part_ids else np.zeros(size)

    change = np.column_stack([column(after, part) - column(before, part) for part in ids])
    return [ids[place] for place in np.abs(change).argmax(axis=1)]
