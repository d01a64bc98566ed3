"""Business reviews of a partner: the list, and what the partner was shown."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.models import BusinessReview, ReviewState, Rhythm, User

SCREEN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A review as lists show it."""

    id: int
    rhythm: Rhythm
    state: ReviewState
    held_on: date
    since_on: date
    decisions: str
    summary: str
    is_shared: bool
    finished_by: str

    @property
    def is_due(self) -> bool:
        """Say whether its day has come and nobody has finished it."""
        return self.state is ReviewState.PLANNED and self.held_on <= today()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedReview:
    """What a partner sees of a review, and nothing else of it."""

    held_on: date
    summary: str
    next_on: date | None


def reviews_of(session: Session, partnership_id: int) -> tuple[ReviewRow, ...]:
    """Return a partner's reviews, the newest first; at most SCREEN."""
    rows = session.execute(
        select(BusinessReview, User.name)
        .outerjoin(User, User.id == BusinessReview.finished_by_id)
        .where(BusinessReview.partnership_id == partnership_id)
        .order_by(BusinessReview.held_on.desc(), BusinessReview.id.desc())
        .limit(SCREEN)
    )
    return tuple(
        ReviewRow(
            id=review.id,
            rhythm=review.rhythm,
            state=review.state,
            held_on=review.held_on,
            since_on=review.since_on,
            decisions=review.decisions,
            summary=review.summary,
            is_shared=review.shared_at is not None,
            finished_by=name or "",
        )
        for review, name in rows
    )


def shared_reviews(session: Session, partnership_id: int) -> tuple[SharedReview, ...]:
    """Return what was shared with a partner, the newest first; only those columns are read."""
    rows = session.execute(
        select(BusinessReview.held_on, BusinessReview.summary, BusinessReview.next_on)
        .where(
            BusinessReview.partnership_id == partnership_id,
            BusinessReview.state == ReviewState.FINISHED,
            BusinessReview.shared_at.is_not(None),
        )
        .order_by(BusinessReview.held_on.desc(), BusinessReview.id.desc())
        .limit(SCREEN)
    )
    return tuple(SharedReview(held_on=held_on, summary=summary, next_on=next_on) for held_on, summary, next_on in rows)
