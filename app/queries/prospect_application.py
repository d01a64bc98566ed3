"""The newest application of a prospect, as its page shows it: where it stands, since when, and what it waits for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Application, ApplicationState


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownApplication:
    """An application whose applicant confirmed their address; `due_at` is when an answer was promised."""

    id: int
    who: str
    state: ApplicationState
    came_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


def newest_application(session: Session, prospect_id: int) -> ShownApplication | None:
    """Return the newest application of a prospect, or None where nobody applied."""
    rows = select(Application).where(Application.prospect_id == prospect_id)
    confirmed = rows.where(Application.state != ApplicationState.UNCONFIRMED)
    found = session.scalar(confirmed.order_by(Application.id.desc()).limit(1))
    if found is None:
        return None
    return ShownApplication(
        id=found.id,
        who=found.name,
        state=found.state,
        came_at=found.confirmed_at or found.submitted_at,
        due_at=found.due_at,
        closed_at=found.closed_at,
    )
