"""The fitted classifier: a few dozen KB of decision trees, walked for all blocks of a page at once.

Fitted by `bench/fit_blocks.py` on the development split of WCXB; how, and how well it carries over to pages it has not
seen, is in docs/engineering/crawler.md. Numbers only: the file holds no text of any page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

MODEL_FILE = Path(__file__).with_name("block_model.npz")


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees laid end to end; `child` holds the left and right follower of each node in turn.

    A leaf points to itself, so that every walk may take the same number of steps.
    """

    feature: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float32]
    child: npt.NDArray[np.int32]
    value: npt.NDArray[np.float32]
    roots: npt.NDArray[np.int32]
    baseline: float
    steps: int
    columns: int

    def probability(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return each row's probability of being main text; `features` has `columns` columns."""
        if features.shape[1] != self.columns:
            raise ValueError(f"the model wants {self.columns} columns, not {features.shape[1]}: fit it again")
        flat = np.ascontiguousarray(features, dtype=np.float32).ravel()
        row = np.repeat(np.arange(len(features), dtype=np.int32) * self.columns, len(self.roots))
        place = np.tile(self.roots, len(features))
        for _ in range(self.steps):
            goes_right = flat.take(row + self.feature.take(place)) > self.threshold.take(place)
            place = self.child.take(2 * place + goes_right)
        raw = self.value.take(place).reshape(len(features), -1).sum(axis=1, dtype=np.float64) + self.baseline
        share: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-raw))
        return share


@cache
def load_forest(path: Path = MODEL_FILE) -> Forest:
    """Read the fitted trees once per process."""
    with np.load(path, allow_pickle=False) as stored:
        return Forest(
            feature=stored["feature"].astype(np.int32),
            threshold=stored["threshold"],
            child=np.vstack([stored["left"], stored["right"]]).T.ravel().astype(np.int32),
            value=stored["value"],
            roots=stored["roots"].astype(np.int32),
            baseline=float(stored["baseline"]),
            steps=int(stored["steps"]),
            columns=int(stored["columns"]),
        )
