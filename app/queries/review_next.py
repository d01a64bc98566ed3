"""The prospects whose review would teach the score most, and a few controls, each with the reason."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import BOARD_STAGES, Company, CompanyDigest, FitRules, FitState, Prospect, Stage
from app.queries.backtest import labeled_prospects
from scoring.background import center
from scoring.receipt import thaw_rules
from scoring.review import Candidates, ReviewReason, pick_for_review

TO_REVIEW = 10
CONTROLS = 2
MOST_CANDIDATES = 20_000
_OPEN_STAGES = BOARD_STAGES[: BOARD_STAGES.index(Stage.IN_REVIEW) + 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCandidate:
    """A prospect to review next; `teaches_percent` compares it with the most a review could teach."""

    prospect_id: int
    name: str
    domain: str
    stage: Stage
    score: float
    reason: ReviewReason
    teaches_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewList:
    """What to review next, of how many open prospects with a number, after how many decisions."""

    candidates: tuple[ReviewCandidate, ...]
    open: int
    decided: int


def newest_rules(session: Session, program_id: int) -> FitRules | None:
    """Return the rules a program was scored with last, or None before its first score."""
    return session.scalar(
        select(FitRules).where(FitRules.program_id == program_id).order_by(FitRules.id.desc()).limit(1)
    )


def review_list(session: Session, program_id: int) -> ReviewList:
    """Return the review list of a program; no model is needed, only stored numbers."""
    rules = newest_rules(session, program_id)
    labeled = labeled_prospects(session, program_id)
    if rules is None:
        return ReviewList(candidates=(), open=0, decided=len(labeled))
    decided = {label.prospect_id for label in labeled}
    rows = session.execute(
        select(Prospect, Company.name, Company.domain, CompanyDigest.mean)
        .join(Company, Company.id == Prospect.company_id)
        .join(CompanyDigest, CompanyDigest.company_id == Company.id)
        .where(
            Prospect.program_id == program_id,
            Prospect.fit_state == FitState.SCORED,
            Prospect.fit_score.is_not(None),
            Prospect.stage.in_(_OPEN_STAGES),
            CompanyDigest.model_id == rules.embedding_model,
        )
        .order_by(Prospect.fit_sort.desc(), Prospect.id)
        .limit(MOST_CANDIDATES)
    ).all()
    rows = [row for row in rows if row[0].id not in decided]
    if not rows:
        return ReviewList(candidates=(), open=0, decided=len(labeled))
    background: NDArray[np.float32] = thaw_rules(rules.content).mean
    among = Candidates(
        [row.domain for row in rows],
        np.array([(row[0].fit_score or 0.0) / 100.0 for row in rows]),
        _centered([row.mean for row in rows], background),
        _decided(session, [label.company_id for label in labeled], rules.embedding_model, background),
    )
    by_domain = {row.domain: row for row in rows}
    picked = pick_for_review(among, limit=TO_REVIEW, controls=CONTROLS)
    return ReviewList(
        candidates=tuple(
            ReviewCandidate(
                prospect_id=by_domain[one.domain][0].id,
                name=by_domain[one.domain].name,
                domain=one.domain,
                stage=by_domain[one.domain][0].stage,
                score=by_domain[one.domain][0].fit_score or 0.0,
                reason=one.reason,
                teaches_percent=round(100 * one.value),
            )
            for one in picked
        ),
        open=len(rows),
        decided=len(labeled),
    )


def _decided(
    session: Session, company_ids: list[int], model_id: str, background: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    means = session.scalars(
        select(CompanyDigest.mean).where(CompanyDigest.company_id.in_(company_ids), CompanyDigest.model_id == model_id)
    ).all()
    return _centered(list(means), background) if means else None


def _centered(means: list[bytes], background: NDArray[np.float32]) -> NDArray[np.float32]:
    return center(np.stack([np.frombuffer(mean, dtype="<f4") for mean in means]), background)
