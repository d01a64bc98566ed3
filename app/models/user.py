"""People who sign in: users, their sessions, invitations and password resets."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, UserRef, UserRefOrNone, by_value


class Role(StrEnum):
    """What a person does here; `app.services.access` says what each role may do."""

    ADMIN = "admin"
    DIRECTOR = "director"
    RECRUITMENT_SPECIALIST = "recruitment_specialist"
    ACCOUNT_MANAGER = "account_manager"
    ASSOCIATE = "associate"
    DATA_ANALYST = "data_analyst"
    CREATIVE = "creative"

    @property
    def label(self) -> str:
        """Return the role as people read it."""
        return self.value.replace("_", " ").capitalize()


class User(Base):
    """One person with a login; the e-mail is stored normalized and is unique."""

    __tablename__ = "users"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(by_value(Role))
    password_hash: Mapped[str] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    language: Mapped[str] = mapped_column(String(8), default="en")
    # By which times of day are read and shown, such as "Europe/Warsaw".
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    created_at: Mapped[CreatedAt]

    @property
    def zone(self) -> ZoneInfo:
        """Return the person's time zone; UTC where this machine does not know it."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def is_authenticated(self) -> bool:
        """Return True: whoever was loaded has signed in. Asked by flask-login and by templates."""
        return True


class UserSession(Base):
    """One signed-in browser. The cookie holds the token, this row its hash; revoking the row ends the session."""

    __tablename__ = "user_sessions"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_agent: Mapped[str] = mapped_column(String(255), default="")
    ip_address: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Invitation(Base):
    """A link that lets one person choose a name and password; single use."""

    __tablename__ = "invitations"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(320), index=True)
    role: Mapped[Role] = mapped_column(by_value(Role))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    program_ids: Mapped[list[int]] = mapped_column(default=list)
    invited_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A mailed link that lets its holder set a new password once."""

    __tablename__ = "password_resets"

    id: Mapped[Id]
    user_id: Mapped[UserRef] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
