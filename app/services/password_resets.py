"""Reset links: mailed to the account's address, good for an hour, once."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.languages import in_language, mark
from app.models import PasswordReset, User
from app.services.accounts import change_password, drop_reset_links, find_account
from app.services.audit import record_audit
from app.services.errors import NotFound
from app.services.notices import post_notice
from app.services.tokens import hash_of, new_token

RESET_LIFE = timedelta(hours=1)
_TEXT = mark("""Hello %(name)s,

somebody, hopefully you, asked to set a new password for your Scoutboard account. Do it here:
%(link)s

The link works once, for an hour. If it was not you, ignore this mail: your password stays as it is.
""")
_GONE = mark("This link was used already, or is more than an hour old. Ask for a new one: it takes a minute.")


def request_reset(session: Session, email: str, *, reset_url: str) -> bool:
    """Mail a reset link to the address, if it has an active account; returns whether it had.

    The caller must answer both cases alike. The mail worker is woken in both, so that they cost the same.
    """
    user = find_account(session, email)
    if user is None or not user.is_active:
        dispatch_after_commit(session, Job.SEND_NOTICES)
        return False
    link = choose_link(session, user, reset_url=reset_url)
    with in_language(user.language, is_staff=True):
        post_notice(
            session,
            kind="password_reset",
            to_address=user.email,
            subject=_("Set a new password for Scoutboard"),
            text=_(_TEXT, name=user.name, link=link),
        )
    record_audit(session, "user.password_reset_requested", subject=f"user:{user.id}")
    return True


def choose_link(session: Session, user: User, *, reset_url: str) -> str:
    """Return a fresh link with which the user chooses a password; earlier ones stop working."""
    drop_reset_links(session, user.id)
    token = new_token()
    session.add(PasswordReset(user_id=user.id, token_hash=hash_of(token), expires_at=now() + RESET_LIFE))
    return reset_url + token


def user_of_reset(session: Session, token: str) -> User:
    """Return the account a reset link stands for. Raises NotFound, in words, where the link is used up."""
    user = session.scalar(
        select(User)
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .where(
            PasswordReset.token_hash == hash_of(token),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > now(),
            User.is_active,
        )
    )
    if user is None:
        raise NotFound(_(_GONE))
    return user


def reset_password(session: Session, token: str, *, password_hash: str) -> User:
    """Set a new password by link, once, and end every session of the account. Raises NotFound for a used-up link."""
    user = user_of_reset(session, token)
    used = session.scalar(
        update(PasswordReset)
        .where(PasswordReset.token_hash == hash_of(token), PasswordReset.used_at.is_(None))
        .values(used_at=now())
        .returning(PasswordReset.id)
    )
    if used is None:
        raise NotFound(_(_GONE))
    change_password(session, user.id, password_hash)
    return user
