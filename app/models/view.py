"""Saved views: a filter with its layout, order and folded columns under a name; and how each person keeps a board."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, by_value


class ViewLayout(StrEnum):
    """How prospects are laid out on the screen."""

    BOARD = "board"
    TABLE = "table"
    SPLIT = "split"

    @property
    def label(self) -> str:
        """Return the layout as people read it."""
        return self.value.capitalize()


class SavedView(Base):
    """What somebody wants to come back to. A private one is its owner's alone, a team one everybody's of the program.

    `query` holds the parameters of the address (name → words), so that a view means what its address means.
    """

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_program_id_owner_id", "program_id", "owner_id"),)

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    is_team: Mapped[bool] = mapped_column(default=False)
    layout: Mapped[ViewLayout] = mapped_column(by_value(ViewLayout), default=ViewLayout.BOARD)
    query: Mapped[dict[str, Any]] = mapped_column(default=dict)
    folded: Mapped[list[str]] = mapped_column(default=list)
    # Counted up by every change; a stale number in a form means that somebody else was faster.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    # A deleted view stays for its Undo; nothing shows it any more.
    deleted_at: Mapped[datetime | None]


class BoardHabit(Base):
    """How one person keeps the board of one program: the view it opens with, and the columns that are folded.

    `is_in_lanes` says whether they have it among the programs side by side, `folded_lanes` which of its pipelines they
    folded there.
    """

    __tablename__ = "board_habits"
    __table_args__ = (UniqueConstraint("user_id", "program_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    program_id: Mapped[ProgramRef]
    view_id: Mapped[int | None] = mapped_column(ForeignKey("saved_views.id", ondelete="SET NULL"), index=True)
    folded: Mapped[list[str]] = mapped_column(default=list)
    is_in_lanes: Mapped[bool] = mapped_column(default=False, server_default=false())
    folded_lanes: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
