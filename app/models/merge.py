"""Companies that may be the same, companies that were made one, and what it takes to part them again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, ProspectRef, UserRefOrNone


class DuplicatePair(Base):
    """Two companies that look like one, with why. One that a person turned down is never offered again."""

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        Index("ix_duplicate_pairs_second_id", "second_id"),
    )

    id: Mapped[Id]
    # The one with the lower id, so that a pair is there once.
    first_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    # What they share -> the shared thing, as in {"email": "info@northwind.example"}.
    reasons: Mapped[dict[str, str]] = mapped_column(default=dict)
    # From 0 to 1: how sure the strongest reasons make it.
    confidence: Mapped[float]
    found_at: Mapped[CreatedAt]
    dismissed_at: Mapped[datetime | None]
    dismissed_by_id: Mapped[UserRefOrNone]


class Merge(Base):
    """One company made part of another. The gone one keeps its row and domain: whoever adds it finds the kept one."""

    __tablename__ = "merges"
    __table_args__ = (Index("ix_merges_gone_id", "gone_id"), Index("ix_merges_kept_id", "kept_id"))

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    kept_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    # The name the gone company had, for lists that no longer find it.
    gone_name: Mapped[str] = mapped_column(String(200))
    # Field -> "kept" or "gone": whose value was chosen.
    choices: Mapped[dict[str, str]] = mapped_column(default=dict)
    # What was brought together, in counts.
    counts: Mapped[dict[str, int]] = mapped_column(default=dict)
    by_user_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UserRefOrNone]


class MergeStep(Base):
    """One row that a merge changed or took out, as it was before; undo walks them backwards, newest first."""

    __tablename__ = "merge_steps"

    id: Mapped[Id]
    merge_id: Mapped[int] = mapped_column(ForeignKey("merges.id", ondelete="CASCADE"), index=True)
    table_name: Mapped[str] = mapped_column(String(60))
    # The row's primary key before the step.
    key: Mapped[dict[str, Any]]
    # The columns that were changed, or every column of a row that was taken out.
    before: Mapped[dict[str, Any]]
    # The changed columns' new values; empty where the row was taken out.
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


class MergedProspect(Base):
    """Which prospect stands for one that a merge took out, so that the old address leads there; a merge that was
    undone counts no more.
    """

    __tablename__ = "merged_prospects"

    id: Mapped[Id]
    merge_id: Mapped[int] = mapped_column(ForeignKey("merges.id", ondelete="CASCADE"), index=True)
    # No reference: the row is gone.
    gone_id: Mapped[int] = mapped_column(index=True)
    prospect_id: Mapped[ProspectRef]
