"""How people of partners get into the portal beside their mailed links: a password of their own, and sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id


class PartnerPassword(Base):
    """The password that a person of a partner has chosen, as its argon2id hash; without a row they have none."""

    __tablename__ = "partner_passwords"

    person_id: Mapped[int] = mapped_column(ForeignKey("partner_people.id", ondelete="CASCADE"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    set_at: Mapped[CreatedAt]
    last_sign_in_at: Mapped[datetime | None]


class PartnerSession(Base):
    """One browser in which a person of a partner is signed in; its cookie holds the token, the database its hash."""

    __tablename__ = "partner_sessions"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("partner_people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
