"""Receipts: what a decision's score was computed from, frozen, so that the same score can be computed again."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Decision, DecisionEvidence, FitRules, FitScore, Prospect
from app.queries.site_evidence import load_evidence
from app.services.retelling import retold
from scoring.evidence import SignalFact, SiteEvidence
from scoring.passages import Passage, content_hash
from scoring.receipt import evidence_hash, thaw_rules
from scoring.rules import judge
from scoring.silence import reason_for_silence
from scoring.view import view_site


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


@dataclass(frozen=True, slots=True)
class ComputedAgain:
    """A frozen score computed anew: whether it is the same to the last bit, else what is missing or differs."""

    is_equal: bool
    score: float | None
    words: str


def compute_again(session: Session, decision: Decision) -> ComputedAgain:
    """Compute a decision's score again from what was frozen with it; nothing of today's site or profile is used."""
    kept = session.get(DecisionEvidence, decision.id)
    rules = session.get(FitRules, kept.rules_id) if kept and kept.rules_id else None
    if kept is None or rules is None:
        return ComputedAgain(False, None, _what_is_missing(session, decision))
    site = frozen_site(kept)
    is_whole = all(content_hash(passage.text) == passage.content_hash for passage in site.passages)
    if not is_whole or evidence_hash(site) != kept.evidence_hash:
        return ComputedAgain(False, None, _("The kept text or vectors are damaged: their hash differs."))
    silence = reason_for_silence(site, model_id=rules.embedding_model)
    if silence is not None or site.vectors is None:
        same = decision.score is None
        why = retold(silence) if silence else _("there is no text")
        return ComputedAgain(same, None, _("No number then, and none now: %(why)s.", why=why))
    numbers = thaw_rules(rules.content)
    found = judge(numbers, view_site(site, site.vectors, mean=numbers.mean))
    if found.score != decision.score:
        return ComputedAgain(
            False,
            found.score,
            _(
                "Computed again it is %(found)s, written down is %(kept)s: another machine or another "
                "release of the number library computes the last digits differently.",
                found=repr(found.score),
                kept=repr(decision.score),
            ),
        )
    return ComputedAgain(True, found.score, _("Equal to the last bit: %(score)s.", score=repr(found.score)))


def _what_is_missing(session: Session, decision: Decision) -> str:
    if not decision.model_id:
        return _("There was no score yet when this was decided, so there is nothing to compute again.")
    score = session.get(FitScore, decision.fit_score_id) if decision.fit_score_id else None
    if score is None:
        return _(
            "The site's owner asked us to forget the site: its text, its vectors and the parts of the score were "
            "deleted. The number and the hashes of the pages are all that is kept."
        )
    if score.rules_id is None:
        return _("The score was computed by a release that did not keep its rules, so it cannot be computed again.")
    return _(
        "The site was read again between the score and the decision, so the text the score was made of was gone "
        "already. The hashes of its pages are kept."
    )
