"""Pauses: sending held for everything, a sequence, a sender or one enrollment, until a time or until resumed."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Pause, PauseScope


def pause(
    session: Session,
    scope: PauseScope,
    *,
    subject_id: int = 0,
    reason: str,
    until_at: datetime | None = None,
    by_user_id: int | None,
) -> Pause:
    """Hold sending. Committed before a handing over, it wins against it. Raises InvalidInput for a time gone by."""
    raise NotImplementedError


def resume(session: Session, scope: PauseScope, *, subject_id: int = 0, by_user_id: int | None) -> int:
    """End the pauses of a scope and let what they held be planned again; return how many there were."""
    raise NotImplementedError
