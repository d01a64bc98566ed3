"""Tags: short words that people put on prospects, one list a program."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, UserRefOrNone

MAX_TAG_LENGTH = 40


class Tag(Base):
    """One word of a program's list. `key` is the name as tags are compared: small letters, one line."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("program_id", "key"),)

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(MAX_TAG_LENGTH))
    key: Mapped[str] = mapped_column(String(MAX_TAG_LENGTH * 2))
    # A number of the palette ("0" to "7"); empty lets the name choose.
    color: Mapped[str] = mapped_column(String(8), default="")
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class ProspectTag(Base):
    """That a tag is on a prospect; the database holds that it is there once."""

    __tablename__ = "prospect_tags"
    # From a tag to its prospects, and from a card to its tags: both ways are read for every board.
    __table_args__ = (Index("ix_prospect_tags_prospect_id", "prospect_id", "tag_id"),)

    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[CreatedAt]
