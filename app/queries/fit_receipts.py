"""The receipt of a decision: what was seen when it was made, beside what is there today."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Decision, DecisionEvidence, FitProfile, FitScore, Page, Prospect, User
from app.queries.breakdown import ScoreBreakdown, break_down, stored_score


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A page the score was computed from; `state` is same, changed or gone today."""

    url: str
    content_hash: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReceipt:
    """A decision with its frozen score; `score` is None where the parts were deleted, or none was there."""

    decision: Decision
    reviewer: str | None
    score: ScoreBreakdown | None
    pages: tuple[ReceiptPage, ...]
    kept_passages: int
    evidence_hash: str


def decision_receipt(session: Session, prospect: Prospect, change_id: int) -> DecisionReceipt | None:
    """Return the receipt of the decision that made a stage change of this prospect, or None."""
    row = session.execute(
        select(Decision, User.name, FitScore, DecisionEvidence)
        .outerjoin(User, User.id == Decision.reviewer_id)
        .outerjoin(FitScore, FitScore.id == Decision.fit_score_id)
        .outerjoin(DecisionEvidence, DecisionEvidence.decision_id == Decision.id)
        .where(Decision.prospect_id == prospect.id, Decision.stage_change_id == change_id)
    ).first()
    if row is None:
        return None
    decision, reviewer, score, kept = row
    today = session.execute(select(Page.url, Page.id, Page.content_hash).where(Page.company_id == prospect.company_id))
    pages = {url: (page_id, content_hash) for url, page_id, content_hash in today}
    return DecisionReceipt(
        decision=decision,
        reviewer=reviewer,
        score=_broken_down(session, score, {url: page_id for url, (page_id, _) in pages.items()}),
        pages=tuple(
            ReceiptPage(url, content_hash, _state(content_hash, pages.get(url)))
            for url, content_hash in decision.page_hashes.items()
        ),
        kept_passages=len(kept.content["passages"]) if kept else 0,
        evidence_hash=kept.evidence_hash if kept else "",
    )


def _state(content_hash: str, today: tuple[int, str] | None) -> str:
    if today is None:
        return "gone"
    return "same" if today[1] == content_hash else "changed"


def _broken_down(session: Session, score: FitScore | None, page_ids: Mapping[str, int]) -> ScoreBreakdown | None:
    if score is None:
        return None
    version = session.scalar(select(FitProfile.version).where(FitProfile.id == score.profile_id)) or 0
    return break_down(stored_score(score, profile_version=version), page_ids=page_ids)
