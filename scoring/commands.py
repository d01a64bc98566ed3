"""What the two commands of `python -m scoring` do: read files, score, hand back lines of JSON."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scoring.background import Background
from scoring.cache import CachedEmbedder
from scoring.embedder import Embedder, load_embedder
from scoring.evidence import SiteEvidence
from scoring.jsonlines import read_labels, read_profile, read_sites
from scoring.passages import PageText, cut_passages
from scoring.result import FitScore
from scoring.score import Scorer

MIN_CORPUS_SITES = 50


def rank_command(options: Namespace) -> Iterator[str]:
    """Yield a line of JSON per site, best first, sites without a number last."""
    profile = read_profile(options.profile)
    embedder = _embedder(options)
    sites = gather(read_sites(options.sites), embedder)
    exemplars = [site for site in sites if site.domain in profile.exemplars]
    scorer = Scorer(profile, embedder=embedder, background=_corpus_background(sites, embedder), exemplars=exemplars)
    results = sorted(scorer.score_many(sites), key=lambda r: (r.score is None, -(r.score or 0.0), r.domain))
    for result in results:
        yield json.dumps(as_row(result), ensure_ascii=False)


def backtest_command(options: Namespace) -> Iterator[str]:
    """Yield one JSON object: AUC and precision of today's weights on the labels."""
    from sklearn.metrics import roc_auc_score

    profile, labels = read_profile(options.profile), read_labels(options.labels)
    embedder = _embedder(options)
    sites = gather(read_sites(options.sites), embedder)
    scorer = Scorer(profile, embedder=embedder, background=_corpus_background(sites, embedder))
    found = [(labels[s.domain], scorer.score(s).score or 0.0) for s in sites if s.domain in labels]
    truth, scores = [t for t, _ in found], [s for _, s in found]
    if len(set(truth)) < 2:
        yield json.dumps({"verdict": "not enough to say: decisions of both kinds are needed", "labels": len(truth)})
        return
    yield json.dumps({"labels": len(truth), "current_weights": {"auc": float(roc_auc_score(truth, scores))}})


def gather(sites: Mapping[str, Sequence[PageText]], embedder: Embedder) -> list[SiteEvidence]:
    """Cut and embed every site, all passages in one pass so that batches are full."""
    cut = {domain: cut_passages(pages) for domain, pages in sites.items()}
    vectors = embedder.encode([passage.text for passages in cut.values() for passage in passages])
    found, at = [], 0
    for domain, passages in cut.items():
        found.append(SiteEvidence(domain, passages, vectors[at : at + len(passages)]))
        at += len(passages)
    return found


def as_row(result: FitScore) -> dict[str, Any]:
    """Return the output line of one site."""
    parts = [
        {
            "id": part.id,
            "label": part.label,
            "points": part.points,
            "of": part.of,
            "passages": [
                {"url": c.url, "start": c.start, "end": c.end, "quote": c.quote, "points": c.points}
                for c in part.citations
            ],
        }
        for part in result.parts
    ]
    return {
        "domain": result.domain,
        "score": result.score,
        "probability": result.probability,
        "confidence": result.confidence,
        "why_null": result.why_null,
        "parts": parts,
        "model": result.model,
    }


def _embedder(options: Namespace) -> Embedder:
    embedder = load_embedder(options.model)
    return CachedEmbedder(embedder, options.cache) if options.cache else embedder


def _corpus_background(sites: Sequence[SiteEvidence], embedder: Embedder) -> Background | None:
    """Return the background of the given sites when they are enough to say what is ordinary, else None."""
    firsts = [site.vectors[0] for site in sites if site.vectors is not None and len(site.vectors)]
    if len(firsts) < MIN_CORPUS_SITES:
        return None
    import numpy as np

    return Background.from_vectors(np.stack(firsts), model_id=embedder.model_id)
