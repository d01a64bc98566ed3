"""Bulk actions: what was asked for, on which prospects, how far it is, and what undo puts back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, ProspectRef, UserRefOrNone, by_value


class BulkKind(StrEnum):
    """What is done to each prospect."""

    MOVE = "move"
    ASSIGN = "assign"
    SHARE_OUT = "share_out"
    TAG = "tag"
    UNTAG = "untag"
    SET_FIELD = "set_field"
    ENROLL = "enroll"
    RECRAWL = "recrawl"
    RESCORE = "rescore"
    EXPORT = "export"

    @property
    def label(self) -> str:
        """Return the kind as people read it."""
        return self.value.replace("_", " ").capitalize()


class BulkState(StrEnum):
    """How far an action is: its selection is frozen first, then worked off; undoing is worked off the same way."""

    SELECTING = "selecting"
    RUNNING = "running"
    DONE = "done"
    CANCELED = "canceled"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


LIVE_BULK_STATES = (BulkState.SELECTING, BulkState.RUNNING, BulkState.UNDOING)


class BulkItemState(StrEnum):
    """What became of one prospect of an action. `kept`: undo found it changed since and left it."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNDONE = "undone"
    KEPT = "kept"


class BulkAction(Base):
    """One act on many prospects of a program. A worker holds it by a lease; who comes after goes on with it."""

    __tablename__ = "bulk_actions"
    __table_args__ = (Index("ix_bulk_actions_state", "state", "lease_until"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    kind: Mapped[BulkKind] = mapped_column(by_value(BulkKind))
    # What the kind needs: a stage, an owner, a tag, a field and its value, a sequence and a sender, columns.
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Either {"ids": […]} or {"filter": {…}, "last_id": n}: the filter's address form, frozen up to that prospect.
    selection: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The last prospect that the filter was resolved to; selecting goes on behind it.
    selected_up_to_id: Mapped[int] = mapped_column(default=0)
    state: Mapped[BulkState] = mapped_column(by_value(BulkState), default=BulkState.SELECTING)
    detail: Mapped[str] = mapped_column(Text, default="")
    total: Mapped[int] = mapped_column(default=0)
    done_count: Mapped[int] = mapped_column(default=0)
    skipped_count: Mapped[int] = mapped_column(default=0)
    failed_count: Mapped[int] = mapped_column(default=0)
    undone_count: Mapped[int] = mapped_column(default=0)
    kept_count: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    # A form that is sent twice starts one action.
    token: Mapped[str] = mapped_column(String(64), unique=True)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    undone_by_id: Mapped[UserRefOrNone]


class BulkItem(Base):
    """One prospect of an action: what became of it and why, and in `before` what undo needs."""

    __tablename__ = "bulk_items"
    __table_args__ = (
        UniqueConstraint("action_id", "prospect_id"),
        Index("ix_bulk_items_action_id_state_id", "action_id", "state", "id"),
    )

    id: Mapped[Id]
    action_id: Mapped[int] = mapped_column(ForeignKey("bulk_actions.id", ondelete="CASCADE"))
    prospect_id: Mapped[ProspectRef]
    state: Mapped[BulkItemState] = mapped_column(by_value(BulkItemState), default=BulkItemState.WAITING)
    message: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
