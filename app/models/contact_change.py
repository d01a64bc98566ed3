"""What people changed of contacts by hand, with what was there before, so that it can be taken back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProspectRef, UserRefOrNone, by_value


class ContactDeed(StrEnum):
    """What a person did to a contact."""

    ADDED = "added"
    EDITED = "edited"
    REMOVED = "removed"


class ContactChange(Base):
    """One change of a contact by hand. What it keeps of the person is forgotten with its time, and with the person."""

    __tablename__ = "contact_changes"
    __table_args__ = (Index("ix_contact_changes_contact_id", "contact_id", "id"),)

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    prospect_id: Mapped[ProspectRef]
    deed: Mapped[ContactDeed] = mapped_column(by_value(ContactDeed))
    # The values as they stood, a mapping of columns each; empty once they are forgotten.
    before: Mapped[list[Any]] = mapped_column(default=list)
    # A hash of the values as they stood afterwards: it is taken back only while they stand so.
    after_hash: Mapped[str] = mapped_column(String(64))
    is_forgotten: Mapped[bool] = mapped_column(default=False)
    by_user_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]
