"""What a profile edit would do before it is saved: who moves up, who down, and because of which part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.matrix import SiteMatrix
from scoring.rescore import Known, Rescored, rescore
from scoring.rules import Rules

# Two scores that differ by less are the same to a person, who sees tenths.
SAME_POINTS = 0.05


@dataclass(frozen=True, slots=True)
class Move:
    """One company under the old and the new rules; ranks count from 1.

    `row` is its place in the matrix, `because` the part that changed most and `gained` by how many points.
    """

    domain: str
    before: float
    after: float
    rank_before: int
    rank_after: int
    because: str
    gained: float
    row: int

    @property
    def climbed(self) -> int:
        """Return how many places the company moves up; negative where it moves down."""
        return self.rank_before - self.rank_after

    @property
    def is_changed(self) -> bool:
        """Say whether the score changes by what a person would see."""
        return abs(self.after - self.before) >= SAME_POINTS


def preview(old: Rules, new: Rules, matrix: SiteMatrix, *, known: Known | None = None) -> list[Move]:
    """Return every company with its old and new score, largest change of rank first.

    `known` keeps what was measured on this matrix between calls: then only new wording costs a pass over the vectors.
    """
    held: Known = {} if known is None else known
    before, after = rescore(old, matrix, known=held), rescore(new, matrix, known=held)
    ranks_before, ranks_after = ranks(before.scores), ranks(after.scores)
    order = np.argsort(-np.abs(ranks_before - ranks_after), kind="stable")
    ids, reasons, gained = _reasons(before, after)
    return [
        Move(
            matrix.domains[row],
            float(before.scores[row]),
            float(after.scores[row]),
            int(ranks_before[row]),
            int(ranks_after[row]),
            ids[reasons[row]],
            float(gained[row]),
            int(row),
        )
        for row in order
    ]


def ranks(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rank of each score, 1 for the highest; equal ones keep their order."""
    found = np.empty(len(scores), dtype=np.int64)
    found[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return found


def _reasons(before: Rescored, after: Rescored) -> tuple[list[str], NDArray[np.intp], NDArray[np.float64]]:
    """Return part ids, and for each company which of them changed most and by how many points."""
    ids = list(dict.fromkeys([*after.part_ids, *before.part_ids]))
    change = np.column_stack([after.column(part) - before.column(part) for part in ids])
    most = np.abs(change).argmax(axis=1)
    return ids, most, change[np.arange(len(most)), most]
