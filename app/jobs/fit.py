"""Embed what was read and score what waits, with the model loaded once per process."""

import time
from collections.abc import Sequence
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from app import dispatch
from app.db import reading, transaction
from app.dispatch import Job
from app.jobs import runtime
from app.jobs.scorers import ProgramScorer, scorer_for
from app.log import get_logger
from app.models import Prospect
from app.queries.site_evidence import load_evidence, pages_to_cut, passage_texts
from app.queries.work import is_worth_loading_the_model
from app.services.assigning.giving import give_after_score
from app.services.digests import digest_missing, record_digest
from app.services.errors import ServiceError
from app.services.fit import ScoreSource, claim_scores, fail_score, record_score, request_company_scores
from app.services.fit_numbers import next_block, numbers_of, programs_waiting, show_numbers
from app.services.passages import (
    ClaimedSite,
    claim_sites,
    known_vectors,
    record_passages,
    replace_vectors,
    stale_companies,
)
from scoring.choice import choose_passages
from scoring.embedder import Embedder, load_embedder
from scoring.errors import ScoringError
from scoring.passages import Passage, cut_passages
from scoring.receipt import evidence_hash

log = get_logger(__name__)

TIME_BUDGET_S = 600.0
SITES_AT_ONCE = 12
SCORES_AT_ONCE = 200
DIGESTS_AT_ONCE = 100
# Fewer are scored in full within seconds.
WORTH_NUMBERING = 2 * SCORES_AT_ONCE
_numbered: WeakSet[ProgramScorer] = WeakSet()


def drain_fit() -> int:
    """Embed and score until nothing waits or the time is up; return how many prospects were scored."""
    deadline = time.monotonic() + TIME_BUDGET_S
    with reading() as session:
        if not is_worth_loading_the_model(session):
            return 0
    embedder = load_embedder(runtime.settings().embedding_model or None)
    scored = 0
    while digest_sites(embedder) and time.monotonic() < deadline:
        pass
    while time.monotonic() < deadline:
        embedded = embed_waiting_sites(embedder) or embed_stale_sites(embedder)
        number_waiting_prospects(embedder)
        claimed = score_waiting_prospects(embedder)
        scored += claimed
        if not embedded and not claimed:
            return scored
    dispatch.ring(Job.DRAIN_FIT)
    return scored


def embed_waiting_sites(embedder: Embedder) -> int:
    """Cut and embed one batch of sites that were read; return how many were claimed."""
    with transaction() as session:
        sites = claim_sites(session, limit=SITES_AT_ONCE)
    if not sites:
        return 0
    with reading() as session:
        pages = pages_to_cut(session, [site.company_id for site in sites])
        cut = {site.company_id: choose_passages(cut_passages(pages[site.company_id])) for site in sites}
        hashes = sorted({passage.content_hash for passages in cut.values() for passage in passages})
        vectors = known_vectors(session, hashes, embedder.model_id)
    vectors |= _embed_new(embedder, cut, vectors)
    for site in sites:
        _record(site, cut[site.company_id], vectors, embedder.model_id)
    return len(sites)


def digest_sites(embedder: Embedder) -> int:
    """Make the digests of one batch of companies that have none, as after an upgrade; return how many."""
    with transaction() as session:
        return digest_missing(session, model_id=embedder.model_id, limit=DIGESTS_AT_ONCE)


def _embed_new(embedder: Embedder, cut: dict[int, list[Passage]], known: dict[str, bytes]) -> dict[str, bytes]:
    texts = {
        passage.content_hash: passage.text
        for passages in cut.values()
        for passage in passages
        if passage.content_hash not in known
    }
    if not texts:
        return {}
    return dict(zip(texts, map(_as_bytes, embedder.encode(list(texts.values()))), strict=True))


def _as_bytes(vector: NDArray[np.float16]) -> bytes:
    return np.ascontiguousarray(vector, dtype="<f2").tobytes()


def _record(site: ClaimedSite, cut: Sequence[Passage], vectors: dict[str, bytes], model_id: str) -> None:
    own = [vectors[passage.content_hash] for passage in cut]
    with transaction() as session:
        if record_passages(session, site, cut, own, model_id=model_id):
            record_digest(session, site.company_id, [passage.text for passage in cut], own, model_id=model_id)


def embed_stale_sites(embedder: Embedder) -> int:
    """Embed one batch of sites again whose vectors another model made, from their saved text; return how many.

    Vectors of two models are never compared, so after a change of model these sites have no score until this ran.
    """
    with reading() as session:
        companies = stale_companies(session, model_id=embedder.model_id, limit=SITES_AT_ONCE)
        texts = passage_texts(session, companies)
    if not texts:
        return 0
    made = embedder.encode(list(texts.values()))
    with transaction() as session:
        vectors = dict(zip(texts, map(_as_bytes, made), strict=True))
        replace_vectors(session, vectors, model_id=embedder.model_id)
        for company_id in companies:
            request_company_scores(session, company_id)
    return len(companies)


def number_waiting_prospects(embedder: Embedder) -> int:
    """Show the numbers of new rules on every prospect of a program in which many wait; return how many.

    Once per rules and process: the scores with their reasons follow, batch by batch.
    """
    with reading() as session:
        programs = programs_waiting(session, at_least=WORTH_NUMBERING)
    return sum(_number_program(embedder, program_id) for program_id in programs)


def _number_program(embedder: Embedder, program_id: int) -> int:
    try:
        made = scorer_for(embedder, program_id)
    except (ServiceError, ScoringError) as error:
        # Its prospects are told so one by one when they are scored.
        log.info("numbering_skipped", program_id=program_id, cause=str(error))
        return 0
    if made in _numbered:
        return 0
    _numbered.add(made)
    last_id, count = 0, 0
    while True:
        with reading() as session:
            block = next_block(session, program_id, model_id=embedder.model_id, after_id=last_id)
        if block is None:
            return count
        numbers = numbers_of(block, made.scorer.rules)
        with transaction() as session:
            show_numbers(session, numbers)
        last_id, count = block.last_id, count + len(numbers)


def score_waiting_prospects(embedder: Embedder) -> int:
    """Score one batch of waiting prospects; return how many were claimed."""
    with transaction() as session:
        claimed = claim_scores(session, limit=SCORES_AT_ONCE)
    if not claimed:
        return 0
    by_program: dict[int, list[Prospect]] = {}
    for prospect in claimed:
        by_program.setdefault(prospect.program_id, []).append(prospect)
    for program_id, prospects in by_program.items():
        try:
            _score_program(embedder, program_id, prospects)
        except (ServiceError, ScoringError) as error:
            _fail_all(prospects, str(error))
    return len(claimed)


def _score_program(embedder: Embedder, program_id: int, prospects: Sequence[Prospect]) -> None:
    made = scorer_for(embedder, program_id)
    with reading() as session:
        evidence = load_evidence(session, [prospect.company_id for prospect in prospects], model_id=embedder.model_id)
    found = [(prospect, evidence[prospect.company_id]) for prospect in prospects]
    scores = made.scorer.score_many([evidence.site for _, evidence in found])
    with transaction() as session:
        for (prospect, seen), scored in zip(found, scores, strict=True):
            source = ScoreSource(
                profile_id=made.profile_id,
                page_hashes=seen.page_hashes,
                rules_id=made.rules_id,
                evidence_hash=evidence_hash(seen.site),
            )
            record_score(session, prospect.id, scored, source=source)
    _give(program_id, prospects)


def _fail_all(prospects: Sequence[Prospect], error: str) -> None:
    log.warning("scoring_failed", program_id=prospects[0].program_id, cause=error)
    with transaction() as session:
        for prospect in prospects:
            fail_score(session, session.get_one(Prospect, prospect.id), error)
    _give(prospects[0].program_id, prospects)


def _give(program_id: int, prospects: Sequence[Prospect]) -> None:
    with transaction() as session:
        give_after_score(session, program_id, [prospect.id for prospect in prospects])
