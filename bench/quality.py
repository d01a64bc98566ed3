"""How well the score ranks, learns and is calibrated, on labeled companies: `python -m bench.quality`.

    python -m bench.quality [--companies FILE --kinds FILE] [--real FOLDER] [--seed 7] [--draws 1] [--cache FOLDER]

Without `--companies`: the fictional companies of tests/data/scoring, all and held back, and the labels of public sites
in real_sites.json, whose pages are read from `--real` (default ../shared/realweb) and left out with a word where that
is absent. FILEs have the same form: a line {"domain", "text", "kinds"} per company, and {kind: topic sentence}.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from scoring.background import center
from scoring.cache import CachedEmbedder
from scoring.commands import gather
from scoring.corpus import Corpus, texts_of
from scoring.decisions import Decision
from scoring.embedder import Embedder, load_embedder
from scoring.errors import NotEnoughDecisions
from scoring.evidence import SiteEvidence
from scoring.lexicon import Lexicon, term_ids
from scoring.metrics import auc, precision_at
from scoring.passages import PageText
from scoring.profile import parse_profile
from scoring.rules import judge
from scoring.score import Scorer
from scoring.silence import reason_for_silence

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests/data/scoring"
WORDS_OF_REAL_SITES = 70
LABELS = (10, 30, 100)
MIN_LEFT = 3
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Labeled:
    """Companies with vectors, and per kind its topic sentence and who is of it."""

    name: str
    sites: Sequence[SiteEvidence]
    kinds: Mapping[str, tuple[str, NDArray[np.bool_]]]


def labeled(
    name: str, texts: Mapping[str, str], kinds: Mapping[str, tuple[str, set[str]]], embedder: Embedder
) -> Labeled:
    """Return a set of companies, one text each, cut and embedded."""
    sites = gather({domain: [PageText(domain, None, text)] for domain, text in texts.items()}, embedder)
    truth = {
        kind: (topic, np.array([site.domain in members for site in sites])) for kind, (topic, members) in kinds.items()
    }
    return Labeled(name, sites, truth)


def from_files(name: str, companies: Path, kinds: Path, embedder: Embedder, *, held_back: bool = False) -> Labeled:
    """Return the companies of a JSON-lines file; `held_back` keeps only those marked so."""
    rows = [json.loads(line) for line in companies.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row.get("held_back") or not held_back]
    topics = json.loads(kinds.read_text(encoding="utf-8"))
    members = {kind: (text, {row["domain"] for row in rows if kind in row["kinds"]}) for kind, text in topics.items()}
    return labeled(name, {row["domain"]: row["text"] for row in rows}, members, embedder)


def real_sites(folder: Path, embedder: Embedder) -> Labeled | None:
    """Return the labeled public sites with the first words of their first page, or None where the pages are absent."""
    pages = folder / "pages.jsonl"
    if not pages.is_file():
        print(f"real sites: left out, {pages} is absent (their pages are not part of the project)")
        return None
    kinds = json.loads((DATA / "real_sites.json").read_text(encoding="utf-8"))
    members = {kind: (row["topic"], set(row["hosts"])) for kind, row in kinds.items()}
    texts: dict[str, str] = {}
    for line in pages.read_text(encoding="utf-8").split("\n"):
        row = json.loads(line) if line else {"url": ""}
        host = (urlsplit(row["url"]).hostname or "").removeprefix("www.")
        if host and len(row["main_content"].split()) >= WORDS_OF_REAL_SITES // 2:
            texts.setdefault(host, " ".join(row["main_content"].split()[:WORDS_OF_REAL_SITES]))
    return labeled("real sites, 70 words", texts, members, embedder)


def baselines(data: Labeled, topic: str, embedder: Embedder) -> dict[str, Floats]:
    """Return raw and centered cosine of the topic sentence to the mean vector of each company, and a first improvement.

    That is what a few lines can do: a lexical part (share of the topic's words, by rarity) beside the centered cosine,
    then the look of the 40 first hits added.
    """
    asked = embedder.encode([topic]).astype(np.float32)
    means = np.stack([np.asarray(site.vectors, dtype=np.float32).mean(axis=0) for site in data.sites])
    middle = means.mean(axis=0)
    nothing = np.zeros_like(middle)
    found = {
        "raw cosine": center(means, nothing) @ asked[0],
        "centered": center(means, middle) @ center(asked, middle)[0],
    }
    whole, words = center(means, middle), _words_said(data, topic)
    asked_both = standard(standard(found["centered"]) + 0.3 * standard(words))
    hits = np.argsort(-asked_both, kind="stable")[: min(40, max(8, len(means) // 80))]
    found["centered, words and look-alikes"] = asked_both + 1.2 * standard(whole @ whole[hits].mean(axis=0))
    return {name: values.astype(np.float64) for name, values in found.items()}


def standard(values: NDArray[np.floating]) -> Floats:
    """Return values in standard deviations from their mean."""
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9), dtype=np.float64)


def _words_said(data: Labeled, topic: str) -> Floats:
    lexicon = Lexicon.of(" ".join(passage.text for passage in site.passages) for site in data.sites)
    wanted = dict(lexicon.weights(topic))
    said = [
        {term for passage in site.passages for term in term_ids(passage.text)} & wanted.keys() for site in data.sites
    ]
    return np.array([sum(wanted[term] for term in found) for found in said])


def scored(scorer: Scorer, sites: Sequence[SiteEvidence]) -> tuple[Floats, Floats]:
    """Return score and probability per company; -1 where there is none."""
    scores, chances = [], []
    for site in sites:
        view = scorer.view(site)
        judged = judge(scorer.rules, view) if view else None
        chance = scorer.rules.head.probability(judged.log_odds) if judged and scorer.rules.head else None
        scores.append(-1.0 if judged is None else judged.score)
        chances.append(-1.0 if chance is None else chance)
    return np.array(scores), np.array(chances)


def draw(truth: NDArray[np.bool_], *, count: int, how: str, seed: int) -> NDArray[np.intp]:
    """Return which companies are labeled: half of each kind ("balanced"), or any ("random")."""
    chance = np.random.default_rng(seed)
    if how == "random":
        return np.asarray(chance.choice(len(truth), count, replace=False))
    good, bad = np.flatnonzero(truth), np.flatnonzero(~truth)
    half = min(count // 2, len(good) // 2)
    chosen = np.concatenate([chance.choice(good, half, replace=False), chance.choice(bad, count - half, replace=False)])
    return np.asarray(chance.permutation(chosen))


def error_of(chances: Floats, truth: NDArray[np.bool_], *, share: float) -> float | None:
    """Return the calibration error over all held-out companies, weighted to the labels' share of approved.

    Every company counts, none is drawn: a sample of a few hundred would itself be off by 0.03.
    """
    known = chances >= 0
    chances, truth = chances[known], truth[known]
    if not truth.any() or truth.all():
        return None
    weights = np.where(truth, share / truth.mean(), (1 - share) / (1 - truth.mean()))
    place = np.minimum((chances * 10).astype(int), 9)
    gaps = [
        weights[place == b].sum() * abs(np.average((chances - truth)[place == b], weights=weights[place == b]))
        for b in range(10)
        if (place == b).any()
    ]
    return float(sum(gaps) / weights.sum())


class Figures:
    """Mean of each figure over the kinds, in the order first seen."""

    def __init__(self) -> None:
        """Start empty."""
        self._found: dict[str, list[tuple[float, ...]]] = defaultdict(list)

    def add(self, name: str, scores: Floats, truth: NDArray[np.bool_]) -> None:
        """Keep AUC and precision at 50 (or at the number of positives where fewer)."""
        area, precise = auc(scores, truth), precision_at(scores, truth, k=min(50, int(truth.sum())))
        if area is not None and precise is not None:
            self._found[name].append((area.value, precise))

    def note(self, name: str, value: float | None) -> None:
        """Keep one plain number."""
        if value is not None:
            self._found[name].append((value,))

    def lines(self) -> Iterator[str]:
        """Yield a line per figure."""
        for name, rows in self._found.items():
            means = " / ".join(f"{value:.4f}" for value in np.mean(rows, axis=0))
            yield f"  {name:44} {means}   ({len(rows)} kinds x draws)"


def measure(data: Labeled, embedder: Embedder, *, seed: int, draws: int) -> None:
    """Print the figures of one set."""
    figures = Figures()
    readable = [site for site in data.sites if reason_for_silence(site, model_id=embedder.model_id) is None]
    corpus = Corpus.of(readable, model_id=embedder.model_id)
    for number, (kind, (topic, truth)) in enumerate(data.kinds.items()):
        if int(truth.sum()) < 2 * MIN_LEFT:
            continue
        profile = parse_profile({"topics": [{"id": kind, "text": topic}]})
        for name, values in baselines(data, topic, embedder).items():
            figures.add(name, values, truth)
        figures.add("engine, one company alone", scored(Scorer(profile, embedder=embedder), data.sites)[0], truth)
        tuned = Scorer.among(profile, corpus, texts=texts_of(readable), embedder=embedder)
        cold = scored(tuned, data.sites)[0]
        figures.add("engine, with the corpus", cold, truth)
        for count in LABELS:
            for how in ("balanced", "random"):
                for again in range(draws):
                    lesson = _Lesson(count, how, seed + 1000 * again + number)
                    _measure_learning(data, tuned, cold, truth, lesson, figures)
    size = f"{len(data.sites)} companies, {len(data.kinds)} kinds, seed {seed}, {draws} draws"
    print(f"{data.name}: {size}; AUC / precision")
    print("\n".join(figures.lines()), flush=True)


@dataclass(frozen=True, slots=True)
class _Lesson:
    count: int
    how: str
    seed: int


def _measure_learning(
    data: Labeled, tuned: Scorer, cold: Floats, truth: NDArray[np.bool_], lesson: _Lesson, figures: Figures
) -> None:
    if lesson.count > len(truth) // 3:
        return
    chosen = draw(truth, count=lesson.count, how=lesson.how, seed=lesson.seed)
    rest = np.setdiff1d(np.arange(len(truth)), chosen)
    if int(truth[rest].sum()) < MIN_LEFT:
        return
    others = [data.sites[row] for row in rest]
    try:
        learned = tuned.learned([Decision(data.sites[row], bool(truth[row])) for row in chosen], corpus=others)
    except NotEnoughDecisions:
        return
    scores, chances = scored(learned, others)
    name = f"{lesson.count} {lesson.how} labels"
    figures.add(name, scores, truth[rest])
    figures.add(f"{name}: cold, same companies", cold[rest], truth[rest])
    before, after = auc(cold[rest], truth[rest]), auc(scores, truth[rest])
    figures.note(
        f"{name}: share worse than cold by 0.005",
        float(after.value < before.value - 0.005) if before and after else None,
    )
    if (chances >= 0).any():
        figures.note(f"{name}: calibration error", error_of(chances, truth[rest], share=float(truth[chosen].mean())))


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=Path)
    parser.add_argument("--kinds", type=Path)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared/realweb")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--draws", type=int, default=1, help="times the labels are drawn")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings")
    parser.add_argument("--model", help="sentence-transformers folder or id; default: the one shipped")
    options = parser.parse_args()
    embedder: Embedder = load_embedder(options.model)
    embedder = CachedEmbedder(embedder, options.cache) if options.cache else embedder
    for data in sets(options, embedder):
        measure(data, embedder, seed=options.seed, draws=options.draws)


def sets(options: argparse.Namespace, embedder: Embedder) -> Iterator[Labeled]:
    """Yield the sets to measure, each embedded just before."""
    if options.companies and options.kinds:
        yield from_files(options.companies.name, options.companies, options.kinds, embedder)
        return
    own = DATA / "companies.jsonl", DATA / "kinds.json"
    yield from_files("fictional companies", *own, embedder)
    yield from_files("fictional companies, held back", *own, embedder, held_back=True)
    if real := real_sites(options.real, embedder):
        yield real


if __name__ == "__main__":
    main()
