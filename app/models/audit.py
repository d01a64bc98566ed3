"""The audit log: append-only, each row chained to the one before by hash."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id


class AuditEvent(Base):
    """Who did what to which row, written in the same transaction as the change itself.

    The ids are plain numbers, not foreign keys: the log outlives what it speaks of.
    """

    __tablename__ = "audit_events"

    id: Mapped[Id]
    at: Mapped[CreatedAt]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    program_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
