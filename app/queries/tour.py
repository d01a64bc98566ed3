"""What the tour shows: a prospect whose score can be explained, and a sequence that people are in."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Enrollment, Prospect, Sequence


def best_prospect_id(session: Session, program_id: int) -> int | None:
    """Return a program's prospect with the best score, else its first one; None where it has none."""
    query = select(Prospect.id).where(Prospect.program_id == program_id)
    return session.scalar(query.order_by(Prospect.fit_score.desc().nulls_last(), Prospect.id).limit(1))


def busiest_sequence_id(session: Session, program_id: int) -> int | None:
    """Return the sequence of a program that most people are in; None where it has none."""
    query = (
        select(Sequence.id)
        .outerjoin(Enrollment, Enrollment.sequence_id == Sequence.id)
        .where(Sequence.program_id == program_id)
        .group_by(Sequence.id)
        .order_by(func.count(Enrollment.id).desc(), Sequence.id)
    )
    return session.scalar(query.limit(1))
