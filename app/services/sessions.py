"""Signed-in browsers: a row each, so that a session can be listed and ended from anywhere."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import User, UserSession
from app.services.audit import record_audit
from app.services.errors import NotFound
from app.services.tokens import hash_of, new_token

SESSION_LIFE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request came from, as its owner will read it in the list of sessions."""

    user_agent: str = ""
    ip_address: str = ""


def start_session(session: Session, user: User, *, browser: Browser, new_hash: str | None = None) -> str:
    """Sign a user in on one browser and return the token for its cookie.

    `new_hash` replaces the stored password hash where the check found older parameters.
    """
    token = new_token()
    moment = now()
    row = UserSession(
        user_id=user.id,
        token_hash=hash_of(token),
        user_agent=browser.user_agent[:255],
        ip_address=browser.ip_address[:45],
        created_at=moment,
        last_seen_at=moment,
        expires_at=moment + SESSION_LIFE,
    )
    session.add(row)
    if new_hash is not None:
        session.execute(update(User).where(User.id == user.id).values(password_hash=new_hash))
    session.flush()
    record_audit(session, "session.started", subject=f"user:{user.id}", actor_id=user.id, details={"session": row.id})
    return token


def touch_session(session: Session, session_id: int) -> None:
    """Note that a session was used; concurrent requests of one browser write once a minute at most."""
    moment = now()
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.last_seen_at <= moment - SEEN_EVERY)
        .values(last_seen_at=moment)
    )


def end_session(session: Session, user: User, session_id: int) -> None:
    """End one session of the user; raises NotFound for somebody else's."""
    if not _revoke(session, UserSession.user_id == user.id, UserSession.id == session_id):
        known = select(UserSession.id).where(UserSession.id == session_id, UserSession.user_id == user.id)
        if session.scalar(known) is None:
            raise NotFound(_("There is no such session of yours; it may have ended already."))
        return
    record_audit(session, "session.ended", subject=f"user:{user.id}", actor_id=user.id, details={"session": session_id})


def sign_out(session: Session, user: User, token: str) -> None:
    """End the session behind the user's cookie; one that ended before is no error."""
    if _revoke(session, UserSession.token_hash == hash_of(token), UserSession.user_id == user.id):
        record_audit(session, "session.ended", subject=f"user:{user.id}", actor_id=user.id)


def end_session_of_token(session: Session, token: str) -> None:
    """End the session a cookie stands for, if it still lives: a sign-in replaces the one before."""
    _revoke(session, UserSession.token_hash == hash_of(token))


def end_sessions(session: Session, user_id: int, *, actor_id: int | None, keep_id: int | None = None) -> int:
    """End every live session of a user, but for `keep_id`; returns how many ended."""
    conditions: list[ColumnElement[bool]] = [UserSession.user_id == user_id, UserSession.expires_at > now()]
    if keep_id is not None:
        conditions.append(UserSession.id != keep_id)
    ended = _revoke(session, *conditions)
    if ended:
        record_audit(
            session, "session.all_ended", subject=f"user:{user_id}", actor_id=actor_id, details={"ended": ended}
        )
    return ended


def _revoke(session: Session, *conditions: ColumnElement[bool]) -> int:
    ids = session.scalars(
        update(UserSession)
        .where(UserSession.revoked_at.is_(None), *conditions)
        .values(revoked_at=now())
        .returning(UserSession.id)
    )
    return len(ids.all())
