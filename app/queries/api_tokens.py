"""The tokens of the API as their screen lists them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import mark
from app.models import Program, Role, User
from app.models.api_token import ApiScope, ApiToken


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One token; `ended` says why it works no more, "" while it does."""

    id: int
    name: str
    hint: str
    scopes: tuple[ApiScope, ...]
    program: str
    maker: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str
    ended: str


def tokens(session: Session) -> list[TokenRow]:
    """Return every token, those that work first, then the newest."""
    rows = session.execute(
        select(ApiToken, Program.name, User)
        .join(User, User.id == ApiToken.created_by_id)
        .outerjoin(Program, Program.id == ApiToken.program_id)
        .order_by(ApiToken.id.desc())
    )
    found = [
        TokenRow(
            id=token.id,
            name=token.name,
            hint=token.hint,
            scopes=tuple(scope for scope in ApiScope if scope.value in token.scopes),
            program=program or "",
            maker=user.name,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
            last_used_from=token.last_used_from,
            ended=_ended(token, user),
        )
        for token, program, user in rows
    ]
    return sorted(found, key=lambda row: bool(row.ended))


def _ended(token: ApiToken, user: User) -> str:
    if token.revoked_at is not None:
        return mark("revoked")
    if token.expires_at is not None and token.expires_at <= now():
        return mark("ran out")
    if not user.is_active:
        return _("%(name)s's account is closed", name=user.name)
    return "" if user.role is Role.ADMIN else _("%(name)s is no admin any more", name=user.name)
