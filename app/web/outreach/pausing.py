"""What somebody says who pauses: why, and the day on which it goes on by itself."""

from flask import request
from flask_login import current_user
from sqlalchemy.orm import Session

from app.models import PauseScope
from app.services import pauses


def pause_as_asked(session: Session, scope: PauseScope, subject_id: int, *, zone: str) -> None:
    """Pause with the reason and the end day of the form; the day begins in `zone`. Raises InvalidInput."""
    until_at = pauses.end_on(request.form.get("until_on", ""), zone=zone)
    reason = request.form.get("reason", "").strip()[:500] or f"{current_user.name} paused it."
    pauses.pause(session, scope, subject_id=subject_id, reason=reason, until_at=until_at, by_user_id=current_user.id)
