"""Receipts: what a decision's score was computed from, frozen, so that the same score can be computed again."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.models import Decision, DecisionEvidence, FitRules, FitScore, Prospect
from app.queries.site_evidence import load_evidence
from scoring.evidence import SignalFact, SiteEvidence
from scoring.passages import Passage
from scoring.receipt import evidence_hash


def freeze_evidence(session: Session, decision: Decision, score: FitScore) -> DecisionEvidence | None:
    """Keep with a decision the passages, vectors and facts that its score was computed from.

    Returns None, keeping nothing, where they have changed since: another text would only pretend to be the proof.
    """
    rules = session.get(FitRules, score.rules_id) if score.rules_id else None
    if rules is None:
        return None
    company_id = session.get_one(Prospect, decision.prospect_id).company_id
    found = load_evidence(session, [company_id], model_id=rules.embedding_model)[company_id]
    if evidence_hash(found.site) != score.evidence_hash:
        return None
    vectors = found.site.vectors
    row = DecisionEvidence(
        decision_id=decision.id,
        company_id=company_id,
        rules_id=rules.id,
        evidence_hash=score.evidence_hash,
        content=_content(found.site),
        vectors=b"" if vectors is None else np.ascontiguousarray(vectors, dtype="<f2").tobytes(),
    )
    session.add(row)
    session.flush()
    return row


def frozen_site(evidence: DecisionEvidence) -> SiteEvidence:
    """Return the evidence a decision saw, as the scorer takes it."""
    content: Mapping[str, Any] = evidence.content
    passages = [Passage(**raw) for raw in content["passages"]]
    vectors = np.frombuffer(evidence.vectors, dtype="<f2").reshape(len(passages), -1) if passages else None
    return SiteEvidence(
        domain=content["domain"],
        passages=passages,
        vectors=vectors,
        language=content["language"],
        unreadable=content["unreadable"],
        signals=[SignalFact(**raw) for raw in content["signals"]],
        country=content["country"],
        vector_model=content["vector_model"],
    )


def _content(site: SiteEvidence) -> dict[str, Any]:
    return {
        "domain": site.domain,
        "passages": [dataclasses.asdict(passage) for passage in site.passages],
        "signals": [dataclasses.asdict(fact) for fact in site.signals],
        "language": site.language,
        "country": site.country,
        "unreadable": site.unreadable,
        "vector_model": site.vector_model,
    }
