"""Tasks: something a person has to do, asked for by a person or by the product."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value


class TaskKind(StrEnum):
    """What a task is about."""

    TO_DO = "to_do"
    SITE_CHANGE = "site_change"
    MANUAL_STEP = "manual_step"
    UNCERTAIN_MAIL = "uncertain_mail"


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Task(Base):
    """One thing to do. `origin` names what asked for it, so that asking twice makes one task."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_program_id_state_due_at", "program_id", "state", "due_at"),
        Index("ix_tasks_assignee_id_state_due_at", "assignee_id", "state", "due_at"),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), index=True)
    kind: Mapped[TaskKind] = mapped_column(by_value(TaskKind), default=TaskKind.TO_DO)
    title: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[TaskState] = mapped_column(by_value(TaskState), default=TaskState.OPEN)
    assignee_id: Mapped[UserRefOrNone]
    due_at: Mapped[datetime | None]
    # Due at that moment; otherwise the day of it counts.
    is_timed: Mapped[bool] = mapped_column(default=False)
    # For example "enrollment:12:step:call-1"; empty texts are stored as NULL, of which there may be many.
    origin: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UserRefOrNone]
    # Counted up by every change; a stale number in a form means somebody else was faster.
    version: Mapped[int] = mapped_column(default=1)
