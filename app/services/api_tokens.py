"""Tokens of the API: made by an admin, shown once, stored as a keyed hash, ended by time, by hand or with its maker."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Program, User
from app.models.api_token import ApiScope, ApiToken
from app.services.access import Permission, may
from app.services.accounts import existing_programs
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.keys import key_for
from app.services.plain_text import clean_line
from app.services.tokens import new_token

# So that whoever finds one in a log or a repository knows what it is, scanners for secrets among them.
PREFIX = "sbt_"
HINT_CHARACTERS = 10
MAX_TEXT, MAX_NAME, MAX_LIVE = 100, 80, 50
LIVES_DAYS = (30, 90, 365)
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """What a token is to be; `program_id` 0 stands for every program, `days` 0 for no end."""

    name: str
    scopes: tuple[str, ...]
    program_id: int
    days: int


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Whoever a token speaks for: what it may do, in which program (None: in every one), in whose name."""

    token_id: int
    scopes: frozenset[ApiScope]
    program_id: int | None
    user: User
    last_used_at: datetime | None


def create_token(session: Session, new: NewToken, *, actor: User) -> tuple[ApiToken, str]:
    """Make a token; return it and its text, which nobody can read again. Raises InvalidInput by field."""
    name, problems = clean_line(new.name), {}
    if not 1 <= len(name) <= MAX_NAME:
        problems["name"] = _("Say what will use it, in %(max_name)s characters at most.", max_name=MAX_NAME)
    scopes = sorted({scope for scope in new.scopes if scope in list(ApiScope)})
    if not scopes:
        problems["scopes"] = _("Choose what it may do.")
    if new.days not in (*LIVES_DAYS, 0):
        problems["days"] = _("Choose one of the times.")
    if problems:
        raise InvalidInput(problems)
    if new.program_id:
        existing_programs(session, [new.program_id])
    _require_room(session)
    text = PREFIX + new_token()
    token = ApiToken(
        name=name,
        token_hash=hash_of_token(text),
        hint=text[:HINT_CHARACTERS],
        scopes=scopes,
        program_id=new.program_id or None,
        created_by_id=actor.id,
        expires_at=now() + timedelta(days=new.days) if new.days else None,
    )
    session.add(token)
    session.flush()
    _audit(session, "api_token.created", token, actor, {"name": name, "scopes": scopes, "days": new.days})
    return token, text


def revoke_token(session: Session, token_id: int, *, actor: User) -> ApiToken:
    """End a token at once and for good. Raises NotFound, and Conflict for one that has ended already."""
    token = session.scalar(select(ApiToken).where(ApiToken.id == token_id).with_for_update())
    if token is None:
        raise NotFound(_("There is no such token."))
    if token.revoked_at is not None:
        raise Conflict(_("“%(name)s” is revoked already.", name=token.name))
    token.revoked_at, token.revoked_by_id = now(), actor.id
    _audit(session, "api_token.revoked", token, actor, {"name": token.name})
    return token


def caller_behind(session: Session, text: str) -> ApiCaller | None:
    """Return whom a token speaks for; None for one unknown, revoked, too old, or whose maker is no admin.

    A token reaches what an admin reaches, so it ends with the account and with the role that could make it.
    """
    if not text.startswith(PREFIX) or len(text) > MAX_TEXT or not text.isascii():
        return None
    row = session.execute(
        select(ApiToken, User)
        .join(User, User.id == ApiToken.created_by_id)
        .where(ApiToken.token_hash == hash_of_token(text), ApiToken.revoked_at.is_(None), User.is_active)
    ).first()
    if row is None or (row[0].expires_at is not None and row[0].expires_at <= now()):
        return None
    token, user = row
    if not may(user.role, Permission.MANAGE_TOKENS):
        return None
    scopes = frozenset(ApiScope(scope) for scope in token.scopes if scope in list(ApiScope))
    return ApiCaller(token.id, scopes, token.program_id, user, token.last_used_at)


def note_use(session: Session, caller: ApiCaller, *, address: str) -> None:
    """Keep when and from where a token was used, once a minute at most."""
    moment = now()
    session.execute(
        update(ApiToken).where(ApiToken.id == caller.token_id).values(last_used_at=moment, last_used_from=address[:45])
    )


def is_use_noted(caller: ApiCaller) -> bool:
    """Say whether a use of this token was noted a moment ago."""
    return caller.last_used_at is not None and now() - caller.last_used_at < USED_EVERY


def program_of(session: Session, caller: ApiCaller, slug: str) -> Program:
    """Return a program that a token reaches, by slug; raises NotFound for every other, in the same words."""
    program = session.scalar(select(Program).where(Program.slug == slug, Program.archived_at.is_(None)))
    if program is None or caller.program_id not in (None, program.id):
        raise NotFound(
            _(
                "There is no program %(slug)s that this token reaches. GET /api/v1/programs lists them.",
                slug=f"{slug[:60]!r}",
            )
        )
    return program


def hash_of_token(text: str) -> str:
    """Return the keyed hash of a token's text: of use to nobody who has the database without SECRET_KEY."""
    return hmac.new(key_for("api token"), text.encode(), hashlib.sha256).hexdigest()


def _require_room(session: Session) -> None:
    live = session.scalars(select(ApiToken.id).where(ApiToken.revoked_at.is_(None)).limit(MAX_LIVE)).all()
    if len(live) >= MAX_LIVE:
        raise InvalidInput(
            {"name": _("%(max_live)s tokens are the most. Revoke one that nobody uses first.", max_live=MAX_LIVE)}
        )


def _audit(session: Session, action: str, token: ApiToken, actor: User, details: dict[str, object]) -> None:
    subject = f"api_token:{token.id}"
    record_audit(
        session, action, subject=subject, actor_id=actor.id, program_id=token.program_id, details=dict(details)
    )
