"""Notices: the product's own mail to one person (invitation, password reset), sent at least once."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, by_value


class NoticeState(StrEnum):
    """Where a notice stands; `waiting` rows are the mail worker's list."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Notice(Base):
    """One transactional mail. Unlike outreach it may be repeated after a doubtful attempt: a reset link harms none."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_state", "state", "not_before_at"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(40))
    to_address: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(Text)
    # Where one press of the mail program's button ends mails of this kind; "" for mails about one's own affairs.
    unsubscribe_url: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[NoticeState] = mapped_column(by_value(NoticeState), default=NoticeState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[CreatedAt]
    not_before_at: Mapped[CreatedAt]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
