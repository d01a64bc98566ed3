"""Whose cookie is this, and which browsers is a person signed in on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import User, UserSession


@dataclass(frozen=True, slots=True)
class LiveSession:
    """The session behind a cookie, with its user."""

    id: int
    user: User
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One signed-in browser as its owner sees it."""

    id: int
    user_agent: str
    ip_address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


def live_session(session: Session, token_hash: str) -> LiveSession | None:
    """Return the session of a hashed token, if it is not revoked, not expired and its user is active."""
    found = session.execute(
        select(UserSession.id, UserSession.last_seen_at, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == token_hash,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now(),
            User.is_active,
        )
    ).one_or_none()
    return LiveSession(id=found[0], last_seen_at=found[1], user=found[2]) if found else None


def sessions_of(session: Session, user_id: int) -> list[SessionRow]:
    """Return the user's live sessions, the one used last first."""
    rows = session.execute(
        select(
            UserSession.id,
            UserSession.user_agent,
            UserSession.ip_address,
            UserSession.created_at,
            UserSession.last_seen_at,
            UserSession.expires_at,
        )
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > now())
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return [SessionRow(*row) for row in rows]
