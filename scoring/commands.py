"""What the two commands of `python -m scoring` do: read files, score, hand back lines of JSON."""

from __future__ import annotations

import dataclasses
import json
import logging
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scoring.backtest import run_backtest
from scoring.cache import CachedEmbedder
from scoring.decisions import Decision
from scoring.embedder import Embedder, load_embedder, shipped_model
from scoring.errors import NotEnoughDecisions
from scoring.evidence import SiteEvidence
from scoring.int8 import quantize
from scoring.jsonlines import read_labels, read_profile, read_sites
from scoring.passages import PageText, cut_passages
from scoring.profile import FitProfile
from scoring.result import FitScore
from scoring.score import Scorer

log = logging.getLogger(__name__)


def rank_command(options: Namespace) -> Iterator[str]:
    """Yield a line of JSON per site, best first, sites without a number last."""
    profile = read_profile(options.profile)
    embedder = _embedder(options)
    sites = gather(read_sites(options.sites), embedder)
    scorer = corpus_scorer(profile, sites, embedder)
    if options.labels:
        scorer = _with_labels(scorer, sites, read_labels(options.labels))
    results = sorted(scorer.score_many(sites), key=lambda r: (r.score is None, -(r.score or 0.0), r.domain))
    for result in results:
        yield json.dumps(as_row(result), ensure_ascii=False)


def quantize_command(options: Namespace) -> Iterator[str]:
    """Write the int8 variant of a model and yield what to do with it."""
    before = logging.getLogger().level
    logging.getLogger().setLevel(logging.ERROR)  # the exporter tells of every tensor
    try:
        quantize(options.model or Path(shipped_model()[0]), options.out)
    finally:
        logging.getLogger().setLevel(before)
    yield f"Written to {options.out}. Set EMBEDDING_MODEL to that folder; every page is embedded again."


def corpus_scorer(profile: FitProfile, sites: Sequence[SiteEvidence], embedder: Embedder) -> Scorer:
    """Return the scorer of a profile for the given sites, its exemplars taken from among them."""
    exemplars = [site for site in sites if site.domain in profile.exemplars]
    missing = sorted(set(profile.exemplars) - {site.domain for site in exemplars})
    if missing:
        log.warning("exemplars without a site in the file, left out: %s", ", ".join(missing))
    return Scorer.for_corpus(profile, sites, embedder=embedder, exemplars=exemplars)


def _with_labels(scorer: Scorer, sites: Sequence[SiteEvidence], labels: Mapping[str, bool]) -> Scorer:
    known = {site.domain for site in sites}
    strangers = sorted(set(labels) - known)
    if strangers:
        log.warning("%d labels have no site in the file and are left out, first: %s", len(strangers), strangers[0])
    decisions = [Decision(site, labels[site.domain]) for site in sites if site.domain in labels]
    try:
        return scorer.learned(decisions, corpus=[site for site in sites if site.domain not in labels])
    except NotEnoughDecisions as problem:
        log.warning("not learned, ranked by the profile alone: %s", problem)
        return scorer


def backtest_command(options: Namespace) -> Iterator[str]:
    """Yield one JSON object: what the learned score and the baselines were worth on the later labels.

    The order of the label file is the order of time.
    """
    profile, labels = read_profile(options.profile), read_labels(options.labels)
    embedder = _embedder(options)
    sites = gather(read_sites(options.sites), embedder)
    known = {site.domain: site for site in sites}
    decisions = [Decision(known[domain], approved) for domain, approved in labels.items() if domain in known]
    others = [site for site in sites if site.domain not in labels]
    result = run_backtest(corpus_scorer(profile, sites, embedder), decisions, k=options.k, corpus=others)
    yield json.dumps(dataclasses.asdict(result), ensure_ascii=False)


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
    return CachedEmbedder(load_embedder(options.model), options.cache)
