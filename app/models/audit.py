"""The audit log: append-only, each row chained to the one before by hash."""

from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id


class AuditEvent(Base):
    """Who did what to which row, written in the same transaction as the change itself.

    The ids are plain numbers, not foreign keys: the log outlives what it speaks of.
    """

    __tablename__ = "audit_events"
    # The newest event of a program is asked for every few seconds by every open board.
    __table_args__ = (
        Index("ix_audit_events_program_id_id", "program_id", "id"),
        # A prospect's timeline asks for what was done to it.
        Index("ix_audit_events_subject_id", "subject", "id"),
    )

    id: Mapped[Id]
    at: Mapped[CreatedAt]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    program_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
