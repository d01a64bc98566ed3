"""The score of every company of a matrix under some rules, and what each part gave."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.head import PART_ID, Head
from scoring.lexicon import LENGTH_SHARE, SATURATION
from scoring.matrix import SiteMatrix
from scoring.readers import BEST_PASSAGES, HALF_WAY, LEXICAL_REACH, STEEPNESS, WHOLE_SHARE, Reader
from scoring.rules import Rules

COMPANIES_AT_ONCE = 4_096
GATE_PART = "gate"
ROWS_WORTH_TORCH = 20_000
_ROWS_IN_CACHE = 2_048
# What a reader (or, by its direction, what was learned) measured on a matrix before, (m,) each. A weight changes
# nothing here, so an editor that keeps them waits for new wording alone. Valid for one matrix only.
Known = MutableMapping[bytes, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Rescored:
    """`scores` (m,) 0-100 and `points` (m, parts) that sum to them, in the order of `part_ids`."""

    scores: NDArray[np.float64]
    points: NDArray[np.float64]
    part_ids: tuple[str, ...]

    def column(self, part_id: str) -> NDArray[np.float64]:
        """Return what one part gave each company (m,); zeros where these rules have no such part."""
        if part_id not in self.part_ids:
            return np.zeros(len(self.scores))
        found: NDArray[np.float64] = self.points[:, self.part_ids.index(part_id)]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """What one pass over the vectors is multiplied with: the mean, readers, then what was learned if it is new."""

    block: NDArray[np.float32]
    offsets: NDArray[np.float64]
    mean_length: float


def rescore(
    rules: Rules,
    matrix: SiteMatrix,
    *,
    known: Known | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Rescored:
    """Return the scores of all companies; equal to `Scorer.score` within 0.01 points.

    `known` is filled with what was measured and spares measuring it again; `on_progress` is called with the number
    of companies done after each block of 4,096.
    """
    held: Known = {} if known is None else known
    _measure(rules, matrix, held, on_progress)
    size = len(matrix)
    points = _reader_points(rules, measured_strengths(rules, matrix, known=held))
    cold = _never_below_zero(np.column_stack([points, _signal_points(rules, matrix)]))
    ids = [reader.id for reader in rules.readers] + [f"signal:{rule.name}" for rule in rules.signals]
    # Rounding alone can leave a sum that is a hair below zero.
    scores = np.maximum(0.0, cold.sum(axis=1))
    more: list[NDArray[np.float64]] = []
    if rules.head:
        share = np.clip(scores / 100.0, 1e-3, 1 - 1e-3)
        learned = held[_head_key(rules)] - rules.head.usual
        after = 100.0 / (1.0 + np.exp(-(np.log(share / (1 - share)) + learned)))
        more.append(after - scores)
        ids.append(PART_ID)
        scores = after
    outside = _outside(rules.languages, matrix.languages, size) | _outside(rules.countries, matrix.countries, size)
    more.append(np.where(outside, -scores, 0.0))
    return Rescored(np.where(outside, 0.0, scores), np.column_stack([cold, *more]), (*ids, GATE_PART))


def measured_strengths(rules: Rules, matrix: SiteMatrix, *, known: Known | None = None) -> NDArray[np.float64]:
    """Return how many standard deviations every company lies above ordinary texts, per reader, shape (m, readers)."""
    held: Known = {} if known is None else known
    _measure(rules, matrix, held, None)
    found = [held[_key(reader, rules)] for reader in rules.readers]
    return np.column_stack(found) if found else np.zeros((len(matrix), 0))


def _measure(rules: Rules, matrix: SiteMatrix, held: Known, on_progress: Callable[[int], None] | None) -> None:
    """Fill in what no earlier call measured, in one pass over the vectors."""
    fresh = list({key: r for r in rules.readers if (key := _key(r, rules)) not in held}.values())
    learns = rules.head is not None and _head_key(rules) not in held
    size = len(matrix)
    if not fresh and not learns:
        if on_progress:
            on_progress(size)
        return
    columns = _columns(rules, fresh, learns=learns)
    strengths, learned = np.empty((size, len(fresh))), np.zeros(size)
    for at in range(0, size, COMPANIES_AT_ONCE):
        upto = min(at + COMPANIES_AT_ONCE, size)
        strengths[at:upto], learned[at:upto] = _block(fresh, matrix, columns, at, upto)
        if rules.head and learns:
            learned[at:upto] += _coverage([rules.head], matrix, at, upto)[:, 0]
        if on_progress:
            on_progress(upto)
    held.update({_key(reader, rules): strengths[:, column] for column, reader in enumerate(fresh)})
    if learns:
        held[_head_key(rules)] = learned


def _key(reader: Reader, rules: Rules) -> bytes:
    """Name everything a strength depends on but the companies."""
    numbers = (reader.terms, reader.usual, reader.spread, reader.usual_coverage, reader.mean_length)
    return reader.direction.tobytes() + rules.mean.tobytes() + repr(numbers).encode()


def _head_key(rules: Rules) -> bytes:
    if not rules.head:
        return b"head"
    words = repr((rules.head.terms, rules.head.mean_length)).encode()
    return b"head" + rules.head.direction.tobytes() + rules.mean.tobytes() + words


def _columns(rules: Rules, fresh: Sequence[Reader], *, learns: bool) -> _Columns:
    learned = [rules.head.direction] if rules.head and learns else []
    block = np.column_stack([rules.mean, *(reader.direction for reader in fresh), *learned]).astype(np.float32)
    return _Columns(block, rules.mean.astype(np.float64) @ block.astype(np.float64), float(rules.mean @ rules.mean))


def _block(
    readers: Sequence[Reader], matrix: SiteMatrix, columns: _Columns, at: int, upto: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    starts = matrix.starts[at : upto + 1]
    local = starts[:-1] - starts[0]
    lengths = np.diff(starts)
    products = product(matrix.vectors[starts[0] : starts[-1]], columns.block)
    means = np.add.reduceat(products, local, axis=0) / lengths[:, None]
    passages = _centered(products, matrix.norms[starts[0] : starts[-1]], columns)
    wholes = _centered(means, matrix.whole_norms[at:upto], columns)
    count = len(readers)
    best = best_mean(passages[:, 1 : count + 1], local, lengths)
    usual = np.array([reader.usual for reader in readers])
    spread = np.array([reader.spread for reader in readers])
    dense = (WHOLE_SHARE * wholes[:, 1 : count + 1] + (1 - WHOLE_SHARE) * best - usual) / spread
    chance = np.array([reader.usual_coverage for reader in readers])
    strengths = dense + LEXICAL_REACH * (_coverage(readers, matrix, at, upto) - chance)
    learned = wholes[:, count + 1] if wholes.shape[1] > count + 1 else np.zeros(upto - at)
    return strengths, learned


def product(vectors: NDArray[np.float16], block: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return float16 rows (n, d) times float32 columns (d, k), in float32.

    A large block goes through torch a few rows at a time: its float16 conversion is vectorized and stays in the
    cache, which makes the whole five times as fast as numpy's. A small one is not worth importing torch for.
    """
    if len(vectors) < ROWS_WORTH_TORCH:
        return np.asarray(vectors.astype(np.float32) @ block)
    import torch

    columns = torch.from_numpy(np.ascontiguousarray(block))
    found = np.empty((len(vectors), block.shape[1]), dtype=np.float32)
    for at in range(0, len(vectors), _ROWS_IN_CACHE):
        rows = torch.from_numpy(vectors[at : at + _ROWS_IN_CACHE])
        found[at : at + _ROWS_IN_CACHE] = (rows.float() @ columns).numpy()
    return found


def _centered(products: NDArray[np.floating], norms: NDArray[np.float32], columns: _Columns) -> NDArray[np.float64]:
    """Turn products of raw vectors into cosines of centered ones: (v·q - μ·q) / |v - μ|; column 0 is μ's own."""
    lengths = np.sqrt(np.maximum(norms - 2.0 * products[:, 0] + columns.mean_length, 1e-12))
    return np.asarray((products - columns.offsets) / lengths[:, None], dtype=np.float64)


def best_mean(
    values: NDArray[np.float64], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return per column the mean of the three largest values of each segment (fewer where it has fewer), (m, k).

    Three sweeps for the largest value left, instead of sorting: the same result at a fifth of the time. Equal values
    are taken together, as many of them as are still wanted.
    """
    left = values.copy()
    wanted = np.minimum(lengths, BEST_PASSAGES)[:, None]
    missing = np.broadcast_to(wanted, (len(starts), values.shape[1])).astype(np.float64)
    found = np.zeros((len(starts), values.shape[1]))
    for _ in range(BEST_PASSAGES):
        largest = np.maximum.reduceat(left, starts, axis=0)
        same = left == np.repeat(largest, lengths, axis=0)
        taken = np.minimum(np.add.reduceat(same, starts, axis=0, dtype=np.float64), missing)
        found += taken * np.where(taken > 0, largest, 0.0)
        missing = missing - taken
        left[same] = -np.inf
    return np.asarray(found / wanted, dtype=np.float64)


def _coverage(readers: Sequence[Reader | Head], matrix: SiteMatrix, at: int, upto: int) -> NDArray[np.float64]:
    """Return how much of each reader's (or of what was learned, the head's) words each company says, (m, readers)."""
    wanted = np.array(sorted({term for reader in readers for term, _ in reader.terms}), dtype=np.uint32)
    covered = np.zeros((upto - at, len(readers)))
    if not len(wanted):
        return covered
    starts = matrix.term_starts[at : upto + 1]
    terms, counts = matrix.terms[starts[0] : starts[-1]], matrix.term_counts[starts[0] : starts[-1]]
    lengths = np.add.reduceat(np.append(counts, 0).astype(np.float64), starts[:-1] - starts[0])
    lengths[np.diff(starts) == 0] = 0.0
    hits, place = _places(terms, wanted)
    owner = np.searchsorted(starts - starts[0], hits, side="right") - 1
    for column, reader in enumerate(readers):
        weights = np.zeros(len(wanted))
        for term, weight in reader.terms:
            weights[np.searchsorted(wanted, term)] = weight
        seen = counts[hits].astype(np.float64)
        room = 1 - LENGTH_SHARE + LENGTH_SHARE * lengths[owner] / reader.mean_length
        gained = weights[place] * seen / (seen + SATURATION * room)
        covered[:, column] = np.bincount(owner, weights=gained, minlength=upto - at)
    return covered


def _places(terms: NDArray[np.uint32], wanted: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the wanted terms (sorted) stand among all terms, and which of them each is.

    A table of the low 16 bits throws out nearly all of them first: a binary search for each would be most of the work.
    """
    table = np.zeros(65_536, dtype=bool)
    table[wanted & np.uint32(0xFFFF)] = True
    likely = np.flatnonzero(table[terms & np.uint32(0xFFFF)])
    place = np.minimum(np.searchsorted(wanted, terms[likely]), len(wanted) - 1)
    real = wanted[place] == terms[likely]
    return likely[real], place[real]


def _reader_points(rules: Rules, strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    worth = np.array([rules.worth(reader.weight) * (1 if reader.wants else -1) for reader in rules.readers])
    return np.asarray(worth / (1.0 + np.exp(-(strengths - HALF_WAY) / STEEPNESS)), dtype=np.float64)


def _signal_points(rules: Rules, matrix: SiteMatrix) -> NDArray[np.float64]:
    nobody = np.zeros(len(matrix), dtype=bool)
    columns = [rules.worth(rule.weight) * matrix.signals.get(rule.name, nobody) for rule in rules.signals]
    return np.column_stack(columns) if columns else np.zeros((len(matrix), 0))


def _never_below_zero(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale what is taken away so that it never exceeds what was earned, as the single score does."""
    earned = np.where(points > 0, points, 0.0).sum(axis=1)
    taken = -np.where(points < 0, points, 0.0).sum(axis=1)
    factor = np.minimum(1.0, np.divide(earned, taken, out=np.ones_like(taken), where=taken > 0))
    return np.where(points < 0, points * factor[:, None], points)


def _outside(allowed: Sequence[str], found: Sequence[str | None], size: int) -> NDArray[np.bool_]:
    if not allowed or not len(found):
        return np.zeros(size, dtype=bool)
    return np.array([bool(value) and str(value).casefold() not in allowed for value in found])
