"""What a program sets for itself: reasons of its own, and changes of its tags."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value
from app.models.tag import MAX_TAG_LENGTH


class TagDeed(StrEnum):
    """What was done to a tag as a whole."""

    DELETED = "deleted"
    MERGED = "merged"


class TagChange(Base):
    """A tag that was given up or merged into another, with what Undo puts back.

    `prospect_ids` are those that carried it; of a merge, `gained_ids` are those that got the other tag by it.
    """

    __tablename__ = "tag_changes"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    deed: Mapped[TagDeed] = mapped_column(by_value(TagDeed))
    name: Mapped[str] = mapped_column(String(MAX_TAG_LENGTH))
    color: Mapped[str] = mapped_column(String(8), default="")
    prospect_ids: Mapped[list[int]] = mapped_column(default=list)
    gained_ids: Mapped[list[int]] = mapped_column(default=list)
    into_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="SET NULL"), index=True)
    by_user_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]


class ReasonKind(StrEnum):
    """What a reason is given for."""

    APPROVE = "approve"
    DECLINE = "decline"
    DORMANCY = "dormancy"

    @property
    def label(self) -> str:
        """Return what it is for as people read it."""
        return {"approve": "Approving", "decline": "Declining", "dormancy": "Putting to sleep"}[self.value]


class OwnReason(Base):
    """A reason that a program adds to the built-in ones. A retired one can be chosen no more; where it stands it stays.

    `words` is what an applicant reads, by language (`en`, `pl`, `de`), `changes` what they may do about it; `code` is
    what decisions keep.
    """

    __tablename__ = "own_reasons"
    __table_args__ = (UniqueConstraint("program_id", "code"),)

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    kind: Mapped[ReasonKind] = mapped_column(by_value(ReasonKind))
    code: Mapped[str] = mapped_column(String(24))
    label: Mapped[str] = mapped_column(String(80))
    words: Mapped[dict[str, str]] = mapped_column(default=dict)
    changes: Mapped[dict[str, str]] = mapped_column(default=dict)
    position: Mapped[int]
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    retired_at: Mapped[datetime | None]
