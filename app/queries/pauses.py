"""Pauses that hold now, as screens show them: why, and when they end by themselves."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Pause, PauseScope


def standing_pauses(session: Session, scope: PauseScope, subject_ids: Collection[int]) -> dict[int, Pause]:
    """Return by subject the pause that holds it longest, of those of this scope that hold now."""
    rows = session.scalars(
        select(Pause).where(
            Pause.scope == scope,
            Pause.subject_id.in_(subject_ids),
            Pause.ended_at.is_(None),
            or_(Pause.until_at.is_(None), Pause.until_at > now()),
        )
    )
    by_end = sorted(rows, key=lambda row: (row.until_at is None, row.until_at or row.at))
    return {row.subject_id: row for row in by_end}
