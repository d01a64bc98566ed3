"""Partner programs and who works in them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, by_value


class ProgramType(StrEnum):
    """The kind of partner a program recruits."""

    AFFILIATE = "affiliate"
    AGENCY = "agency"
    CHANNEL = "channel"
    TECHNOLOGY = "technology"
    CREATOR = "creator"

    @property
    def label(self) -> str:
        """Return the kind as people read it."""
        return self.value.capitalize()


class Program(Base):
    """A partner program: what is offered, to whom. Prospects, profiles and access hang on it."""

    __tablename__ = "programs"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(63), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    type: Mapped[ProgramType] = mapped_column(by_value(ProgramType))
    description: Mapped[str] = mapped_column(Text, default="")
    offer: Mapped[str] = mapped_column(Text, default="")
    # How this program calls its stages (stage → name); a stage that is not named keeps the product's word.
    stage_names: Mapped[dict[str, str]] = mapped_column(default=dict)
    # Days kept free or worked whatever the holidays say: {"day", "country", "is_free", "name", "sender_id"} each. Here,
    # not in rows of their own, for each mail is checked against them.
    own_days: Mapped[list[Any]] = mapped_column(default=list)
    # Whoever had a mail within these days, from any program, is not put into a sequence.
    quiet_days: Mapped[int] = mapped_column(default=30, server_default="30")
    # Kind of work -> minutes a person needs for one piece, where the program says otherwise than the product does.
    work_minutes: Mapped[dict[str, float]] = mapped_column(default=dict, server_default="{}")
    created_at: Mapped[CreatedAt]
    archived_at: Mapped[datetime | None]


class Membership(Base):
    """That a user works in a program; every row of the program is reached through it."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "program_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    program_id: Mapped[ProgramRef]
    created_at: Mapped[CreatedAt]
