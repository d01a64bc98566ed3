"""The score of every company of a matrix under some rules, and what each part gave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.lexicon import LENGTH_SHARE, SATURATION
from scoring.matrix import SiteMatrix
from scoring.readers import BEST_PASSAGES, HALF_WAY, LEXICAL_REACH, STEEPNESS, WHOLE_SHARE, Reader
from scoring.rules import Rules

COMPANIES_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Rescored:
    """`scores` (m,) 0-100 and `points` (m, parts) before anything is scaled, in the order of `part_ids`."""

    scores: NDArray[np.float64]
    points: NDArray[np.float64]
    part_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """What one pass over the vectors is multiplied with: readers, then the mean, then what was learned."""

    block: NDArray[np.float32]
    offsets: NDArray[np.float64]
    mean_length: float


def rescore(rules: Rules, matrix: SiteMatrix, *, on_progress: Callable[[int], None] | None = None) -> Rescored:
    """Return the scores of all companies; equal to `Scorer.score` within 0.01 points.

    `on_progress` is called with the number of companies done after each block of 4,096.
    """
    columns = _columns(rules)
    size = len(matrix)
    strengths = np.empty((size, len(rules.readers)))
    learned = np.zeros(size)
    for at in range(0, size, COMPANIES_AT_ONCE):
        upto = min(at + COMPANIES_AT_ONCE, size)
        strengths[at:upto], learned[at:upto] = _block(rules, matrix, columns, at, upto)
        if on_progress:
            on_progress(upto)
    points = _reader_points(rules, strengths)
    signals = _signal_points(rules, matrix)
    everything = np.column_stack([points, signals])
    earned = np.where(everything > 0, everything, 0).sum(axis=1)
    taken = -np.where(everything < 0, everything, 0).sum(axis=1)
    scores = np.maximum(0.0, earned - taken)
    if rules.head:
        share = np.clip(scores / 100.0, 1e-3, 1 - 1e-3)
        scores = 100.0 / (1.0 + np.exp(-(np.log(share / (1 - share)) + learned - rules.head.usual)))
    scores[_outside(rules.languages, matrix.languages, size) | _outside(rules.countries, matrix.countries, size)] = 0.0
    ids = [reader.id for reader in rules.readers] + [f"signal:{rule.name}" for rule in rules.signals]
    return Rescored(scores, everything, tuple(ids))


def _columns(rules: Rules) -> _Columns:
    directions = [reader.direction for reader in rules.readers]
    learned = [rules.head.direction] if rules.head else []
    block = np.column_stack([*directions, rules.mean, *learned]).astype(np.float32)
    return _Columns(block, rules.mean.astype(np.float64) @ block.astype(np.float64), float(rules.mean @ rules.mean))


def _block(
    rules: Rules, matrix: SiteMatrix, columns: _Columns, at: int, upto: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    starts = matrix.starts[at : upto + 1]
    local = starts[:-1] - starts[0]
    lengths = np.diff(starts)
    products = matrix.vectors[starts[0] : starts[-1]].astype(np.float32) @ columns.block
    means = np.add.reduceat(products, local, axis=0) / lengths[:, None]
    count = len(rules.readers)
    passages = _centered(products, matrix.norms[starts[0] : starts[-1]], columns, count)
    wholes = _centered(means, matrix.whole_norms[at:upto], columns, count)
    coverage = _coverage(rules.readers, matrix, at, upto)
    strengths = np.empty((upto - at, count))
    for column, reader in enumerate(rules.readers):
        best = best_mean(passages[:, column], local, lengths)
        dense = (WHOLE_SHARE * wholes[:, column] + (1 - WHOLE_SHARE) * best - reader.usual) / reader.spread
        strengths[:, column] = dense + LEXICAL_REACH * (coverage[:, column] - reader.usual_coverage)
    learned = wholes[:, count + 1] if rules.head else np.zeros(upto - at)
    return strengths, learned


def _centered(
    products: NDArray[np.floating], norms: NDArray[np.float32], columns: _Columns, mean_column: int
) -> NDArray[np.float64]:
    """Turn products of raw vectors into cosines of centered ones: (v·q - μ·q) / |v - μ|."""
    lengths = np.sqrt(np.maximum(norms - 2.0 * products[:, mean_column] + columns.mean_length, 1e-12))
    return np.asarray((products - columns.offsets) / lengths[:, None], dtype=np.float64)


def best_mean(
    values: NDArray[np.float64], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the mean of the three largest values of each segment (fewer where it has fewer), shape (m,)."""
    owner = np.repeat(np.arange(len(starts)), lengths)
    ordered = values[np.lexsort((-values, owner))]
    places = starts[:, None] + np.arange(BEST_PASSAGES)
    held = np.arange(BEST_PASSAGES) < lengths[:, None]
    chosen = np.where(held, ordered[np.minimum(places, len(values) - 1)], 0.0)
    return np.asarray(chosen.sum(axis=1) / held.sum(axis=1), dtype=np.float64)


def _coverage(readers: Sequence[Reader], matrix: SiteMatrix, at: int, upto: int) -> NDArray[np.float64]:
    """Return how much of each reader's words each company says, shape (m, readers)."""
    wanted = np.array(sorted({term for reader in readers for term, _ in reader.terms}), dtype=np.uint32)
    covered = np.zeros((upto - at, len(readers)))
    if not len(wanted):
        return covered
    starts = matrix.term_starts[at : upto + 1]
    terms, counts = matrix.terms[starts[0] : starts[-1]], matrix.term_counts[starts[0] : starts[-1]]
    lengths = np.add.reduceat(np.append(counts, 0).astype(np.float64), starts[:-1] - starts[0])
    lengths[np.diff(starts) == 0] = 0.0
    place = np.minimum(np.searchsorted(wanted, terms), len(wanted) - 1)
    hits = np.flatnonzero(wanted[place] == terms)
    owner = np.searchsorted(starts - starts[0], hits, side="right") - 1
    for column, reader in enumerate(readers):
        weights = np.zeros(len(wanted))
        for term, weight in reader.terms:
            weights[np.searchsorted(wanted, term)] = weight
        seen = counts[hits].astype(np.float64)
        room = 1 - LENGTH_SHARE + LENGTH_SHARE * lengths[owner] / reader.mean_length
        gained = weights[place[hits]] * seen / (seen + SATURATION * room)
        covered[:, column] = np.bincount(owner, weights=gained, minlength=upto - at)
    return covered


def _reader_points(rules: Rules, strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    worth = np.array([rules.worth(reader.weight) * (1 if reader.wants else -1) for reader in rules.readers])
    return np.asarray(worth / (1.0 + np.exp(-(strengths - HALF_WAY) / STEEPNESS)), dtype=np.float64)


def _signal_points(rules: Rules, matrix: SiteMatrix) -> NDArray[np.float64]:
    nobody = np.zeros(len(matrix), dtype=bool)
    columns = [rules.worth(rule.weight) * matrix.signals.get(rule.name, nobody) for rule in rules.signals]
    return np.column_stack(columns) if columns else np.zeros((len(matrix), 0))


def _outside(allowed: Sequence[str], found: Sequence[str | None], size: int) -> NDArray[np.bool_]:
    if not allowed or not len(found):
        return np.zeros(size, dtype=bool)
    return np.array([bool(value) and str(value).casefold() not in allowed for value in found])
