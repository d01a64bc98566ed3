"""Tokens with which other programs use the API."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, UserRef


class ApiScope(StrEnum):
    """One thing that a token may do."""

    READ = "read"
    RESULTS_WRITE = "results:write"
    WAVES_WRITE = "waves:write"

    @property
    def label(self) -> str:
        """Return the scope as people read it."""
        return _LABELS[self]


_LABELS = {
    ApiScope.READ: "Read partners, their results and their way over",
    ApiScope.RESULTS_WRITE: "Write what partners bring by month",
    ApiScope.WAVES_WRITE: "Write how far partners of a migration are",
}


class ApiToken(Base):
    """A token: its holder has the text, the database a keyed hash of it. It acts in the name of who made it."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # The first characters, by which people tell tokens apart; they are no secret and open nothing.
    hint: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[list[str]] = mapped_column(default=list)
    # None for every program.
    program_id: Mapped[int | None] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"), index=True)
    created_by_id: Mapped[UserRef]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_used_from: Mapped[str] = mapped_column(String(45), default="")
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
