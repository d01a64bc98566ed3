"""Fit scores: asking for them, claiming the work, recording what the scorer said.

`Prospect.fit_state` is the scorer's work list: WAITING rows are claimed for a lease, scored with no transaction
open, and written back only if the claim still holds.
"""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.models import NO_SCORE_SORT, Company, FitProfile, FitScore, FitState, Prospect
from app.services.watch import note_score
from scoring.result import FitScore as ScoredFit

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSource:
    """What a score was computed from: the profile and its stored rules, the page versions, the hash of all evidence."""

    profile_id: int
    page_hashes: dict[str, str]
    rules_id: int | None = None
    evidence_hash: str = ""


def current_profile(session: Session, program_id: int) -> FitProfile | None:
    """Return the program's fit profile in force, if it has one."""
    return session.scalar(
        select(FitProfile).where(FitProfile.program_id == program_id, FitProfile.is_current.is_(True))
    )


def request_score(session: Session, prospect: Prospect) -> None:
    """Ask for one prospect to be scored."""
    _request(session, Prospect.id == prospect.id)


def request_company_scores(session: Session, company_id: int) -> None:
    """Ask for a company to be scored in every program that recruits it, after its site was read."""
    _request(session, Prospect.company_id == company_id)


def request_scores(session: Session, program_id: int) -> int:
    """Ask for every prospect of a program to be scored again, as after a profile edit; return how many.

    Prospects whose site has not been looked at yet are left out: their crawl asks when it is done.
    """
    looked_at = select(Company.id).where(or_(Company.read_at.is_not(None), Company.crawl_outcome != ""))
    return _request(session, Prospect.program_id == program_id, Prospect.company_id.in_(looked_at))


def claim_scores(session: Session, *, limit: int) -> list[Prospect]:
    """Take waiting prospects, and those whose worker's lease ran out, and hold them for LEASE."""
    rows = session.scalars(
        select(Prospect)
        .where(
            or_(
                Prospect.fit_state == FitState.WAITING,
                (Prospect.fit_state == FitState.SCORING) & (Prospect.fit_lease_until < now()),
            )
        )
        .order_by(Prospect.fit_requested_at, Prospect.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    claimed = []
    for prospect in rows:
        if prospect.fit_attempts >= MAX_ATTEMPTS:
            fail_score(
                session, prospect, f"Scoring ended the worker {MAX_ATTEMPTS} times; an admin finds why in its log."
            )
            continue
        prospect.fit_state = FitState.SCORING
        prospect.fit_attempts += 1
        prospect.fit_lease_until = now() + LEASE
        claimed.append(prospect)
    return claimed


def record_score(session: Session, prospect_id: int, scored: ScoredFit, *, source: ScoreSource) -> FitScore | None:
    """Store a score and show it on the prospect.

    Returns None, storing nothing, where the prospect was asked to be scored again meanwhile: that newer request has
    newer evidence or a newer profile, and will be answered on its own.
    """
    prospect = session.scalar(select(Prospect).where(Prospect.id == prospect_id).with_for_update())
    if prospect is None or prospect.fit_state is not FitState.SCORING:
        return None
    row = FitScore(
        prospect_id=prospect_id,
        profile_id=source.profile_id,
        score=scored.score,
        why_null=scored.why_null or "",
        probability=scored.probability,
        confidence=scored.confidence,
        parts=[_part_row(part) for part in scored.parts],
        model_id=scored.model,
        page_hashes=source.page_hashes,
        rules_id=source.rules_id,
        evidence_hash=source.evidence_hash,
    )
    session.add(row)
    prospect.fit_state = FitState.NO_EVIDENCE if scored.score is None else FitState.SCORED
    _show(prospect, scored.score, error="")
    session.flush()
    note_score(session, prospect, row)
    return row


def fail_score(session: Session, prospect: Prospect, error: str) -> None:
    """Give up on a score with a reason a person can act on."""
    prospect.fit_state = FitState.FAILED
    _show(prospect, None, error=error)


def _show(prospect: Prospect, score: float | None, *, error: str) -> None:
    prospect.fit_score = score
    prospect.fit_sort = NO_SCORE_SORT if score is None else score
    prospect.fit_error = error[:500]
    prospect.fit_attempts = 0
    prospect.fit_lease_until = None


def _request(session: Session, *conditions: Any) -> int:
    session.flush()
    asked: Sequence[int] = session.scalars(
        update(Prospect)
        .where(*conditions)
        .values(fit_state=FitState.WAITING, fit_requested_at=now(), fit_attempts=0, fit_lease_until=None)
        .returning(Prospect.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if asked:
        dispatch_after_commit(session, Job.DRAIN_FIT)
    return len(asked)


def _part_row(part: Any) -> dict[str, Any]:
    row: dict[str, Any] = dataclasses.asdict(part)
    row["citations"] = list(row["citations"])
    return row
