"""Everything of an installation as one file: one that is being written or waits to be fetched, or one to be read."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, UserRefOrNone, by_value


class CopyKind(StrEnum):
    """Which way a copy goes."""

    EXPORT = "export"
    IMPORT = "import"


class CopyState(StrEnum):
    """Where a copy stands. Of an export READY is to be fetched, of an import it was checked and waits for a word."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    DONE = "done"
    GONE = "gone"
    FAILED = "failed"


LIVE_COPY_STATES = (CopyState.WAITING, CopyState.WORKING)


class WholeCopy(Base):
    """One copy of everything; its file lies in the data folder under `key` until it was fetched, read or runs out."""

    __tablename__ = "whole_copies"
    __table_args__ = (Index("ix_whole_copies_state", "state"),)

    id: Mapped[Id]
    kind: Mapped[CopyKind] = mapped_column(by_value(CopyKind))
    state: Mapped[CopyState] = mapped_column(by_value(CopyState), default=CopyState.WAITING)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    # Of an import: what it is called, when it was made, and how many people are in it.
    filename: Mapped[str] = mapped_column(String(255), default="")
    made_at: Mapped[datetime | None]
    people: Mapped[int] = mapped_column(default=0)
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_all: Mapped[int] = mapped_column(default=0)
    documents: Mapped[int] = mapped_column(default=0)
    # Why it failed or is gone, in words.
    detail: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
