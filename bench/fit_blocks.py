"""Fit the classifier of main text on the saved pages of ../shared/realweb and write scrapers/extract/block_model.npz.

    python bench/fit_blocks.py --folds 3      measure on pages left out, write nothing
    python bench/fit_blocks.py --write        fit on all pages and write the model

A block counts as main text when more than half of its words stand in runs of four words of the reference text.
"""

import argparse
import collections
import gzip
import json
import pathlib
import re
import sys
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scrapers.extract.blocks import cut_blocks  # noqa: E402
from scrapers.extract.features import block_features  # noqa: E402
from scrapers.extract.forest import MODEL_FILE  # noqa: E402
from scrapers.extract.hints import read_hints  # noqa: E402
from scrapers.extract.maintext import best_cut  # noqa: E402
from scrapers.extract.parse import parse_html  # noqa: E402
from scrapers.extract.title import find_title  # noqa: E402

REALWEB = ROOT.parent / "shared" / "realweb"
RUN_WORDS = 4
WORD = re.compile(r"\w+")


class Page:
    """One page: features, labels, texts and its row of pages.jsonl."""

    def __init__(self, row: dict[str, Any]) -> None:
        with gzip.open(REALWEB / "html" / f"{row['id']}.html.gz") as packed:
            body = packed.read()
        tree = parse_html(body)
        if tree is None:
            raise SystemExit(f"{row['id']}: no page could be parsed")
        blocks = cut_blocks(tree)
        self.row = row
        self.texts = [block.text for block in blocks.blocks]
        hints = read_hints(tree, row["url"], find_title(tree))
        self.features = block_features(blocks, hints) if self.texts else np.zeros((0, 0), np.float32)
        self.labels = label(self.texts, row["main_content"]) > 0.5
        self.words = np.array([len(text.split()) for text in self.texts], dtype=np.float64)


def label(texts: list[str], reference: str) -> np.ndarray:
    """Return each block's share of words that stand in runs of the reference."""
    wanted = WORD.findall(reference.lower())
    runs = {tuple(wanted[place : place + RUN_WORDS]) for place in range(len(wanted) - RUN_WORDS + 1)}
    words = [WORD.findall(text.lower()) for text in texts]
    stream = [word for block in words for word in block]
    hit = np.zeros(len(stream), dtype=bool)
    for place in range(len(stream) - RUN_WORDS + 1):
        if tuple(stream[place : place + RUN_WORDS]) in runs:
            hit[place : place + RUN_WORDS] = True
    ends = np.cumsum([len(block) for block in words])
    return np.array(
        [hit[end - len(block) : end].mean() if block else 0.0 for end, block in zip(ends, words, strict=True)]
    )


def fit(pages: list[Page], *, negatives: float, trees: int) -> HistGradientBoostingClassifier:
    """Fit on a share of the negative blocks (they outnumber the others five to one), each page weighing alike."""
    chance = np.random.default_rng(0)
    features, labels, weights = [], [], []
    for page in pages:
        weight = np.minimum(page.words, 60) / max(50.0, page.words[page.labels].sum())
        weight = np.maximum(weight, 0.3 * weight.mean())
        keep = page.labels | (chance.random(len(page.labels)) < negatives)
        features.append(page.features[keep])
        labels.append(page.labels[keep])
        weights.append((weight * np.where(page.labels, 1, 1 / negatives))[keep])
    weight = np.concatenate(weights)
    model = HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=0.1, max_leaf_nodes=16, min_samples_leaf=40, l2_regularization=5.0,
        max_features=0.3, random_state=0, early_stopping=False,
    )  # fmt: skip
    return model.fit(np.vstack(features), np.concatenate(labels), sample_weight=weight / weight.mean())


def write(model: HistGradientBoostingClassifier, columns: int) -> None:
    """Lay the trees end to end; a leaf becomes a node that leads to itself."""
    parts = collections.defaultdict(list)
    start, steps = 0, 0
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        own = np.arange(len(nodes)) + start
        leaf = nodes["is_leaf"] > 0
        parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]).astype(np.int16))
        # Splits are fitted on 64-bit bin edges and compared with 32-bit features: round down to stay on the same side.
        threshold = nodes["num_threshold"].astype(np.float32)
        threshold = np.where(
            threshold > nodes["num_threshold"], np.nextafter(threshold, np.float32(-np.inf)), threshold
        )
        parts["threshold"].append(np.where(leaf, np.float32(0), threshold).astype(np.float32))
        parts["left"].append(np.where(leaf, own, nodes["left"] + start).astype(np.int32))
        parts["right"].append(np.where(leaf, own, nodes["right"] + start).astype(np.int32))
        parts["value"].append(np.where(leaf, nodes["value"], 0).astype(np.float32))
        parts["roots"].append(np.array([start], dtype=np.int32))
        start, steps = start + len(nodes), max(steps, int(nodes["depth"].max()))
    arrays = {name: np.concatenate(pieces) for name, pieces in parts.items()}
    baseline = float(np.ravel(model._baseline_prediction)[0])
    numbers = {"baseline": np.array(baseline), "steps": np.array(steps), "columns": np.array(columns)}
    np.savez_compressed(MODEL_FILE, allow_pickle=False, **arrays, **numbers)
    print(f"{MODEL_FILE.name}: {len(arrays['roots'])} trees, {MODEL_FILE.stat().st_size} bytes")


def chosen(page: Page, chance: np.ndarray) -> str:
    """Return the text that the product would keep at these chances."""
    keep = chance >= best_cut(chance, page.words)
    seen: set[str] = set()
    lines = []
    for text, kept in zip(page.texts, keep, strict=True):
        if kept and (text not in seen or len(text) <= 25):
            lines.append(text)
            seen.add(text)
    return "\n".join(lines)


def measure(pages: list[Page], folds: int, *, negatives: float, trees: int) -> None:
    """Print lines for evaluate.py: each page judged by a model that has not seen it."""
    for fold in range(folds):
        model = fit(
            [page for place, page in enumerate(pages) if place % folds != fold], negatives=negatives, trees=trees
        )
        for page in pages[fold::folds]:
            text = chosen(page, model.predict_proba(page.features)[:, 1])
            print(json.dumps({"url": page.row["url"], "main_text": text}))


def main() -> None:
    """Run one of the two uses above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--seed", type=int, help="divide the pages at random; without it, every n-th page is a fold")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--negatives", type=float, default=0.5)
    parser.add_argument("--trees", type=int, default=140)
    args = parser.parse_args()
    if not REALWEB.exists():
        print("skipped: ../shared/realweb is not here")
        return
    rows = [json.loads(line) for line in (REALWEB / "pages.jsonl").open(encoding="utf-8")]
    pages = [page for page in map(Page, rows) if page.texts]
    if args.seed is not None:
        np.random.default_rng(args.seed).shuffle(pages)
    if args.folds:
        measure(pages, args.folds, negatives=args.negatives, trees=args.trees)
    if args.write:
        write(fit(pages, negatives=args.negatives, trees=args.trees), pages[0].features.shape[1])


if __name__ == "__main__":
    main()
