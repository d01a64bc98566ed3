"""What a person is told inside the product, how they want to be told, and how far their tour of it is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, UserRefOrNone, by_value


class NotificationKind(StrEnum):
    """What happened, in the order of the preferences."""

    MENTION = "mention"
    ASSIGNED = "assigned"
    REPLY = "reply"
    APPLICATION = "application"
    TASK_DUE = "task_due"
    STUCK = "stuck"
    SENDER_PAUSED = "sender_paused"
    BULK_ENDED = "bulk_ended"

    @property
    def label(self) -> str:
        """Return the kind as a person chooses about it."""
        return {
            "mention": "Somebody mentions me",
            "assigned": "Something is given to me",
            "reply": "A reply comes to my prospect",
            "application": "An application comes in",
            "task_due": "A task of mine is due",
            "stuck": "A partner of mine stands still",
            "sender_paused": "A sender is paused",
            "bulk_ended": "A bulk action of mine ends",
        }[self.value]


class NotificationWay(StrEnum):
    """How one is told of a kind; each way but `off` also shows it under the bell."""

    APP = "app"
    MAIL = "mail"
    DIGEST = "digest"
    OFF = "off"

    @property
    def label(self) -> str:
        """Return the way as people read it."""
        return {"app": "In the app", "mail": "Mail at once", "digest": "Morning mail", "off": "Not at all"}[self.value]


class Thing(StrEnum):
    """What a notification leads to; `row_id` is of this."""

    PROSPECT = "prospect"
    TASK = "task"
    APPLICATION = "application"
    PARTNER = "partner"
    MAIL = "mail"
    SENDER = "sender"
    BULK = "bulk"


class Notification(Base):
    """One line for one person. What it says is read off the rows it points at, so that it goes and is erased with them.

    Of many of one kind the first becomes the one line that counts them (`count`); the others, where they are kept at
    all, lie folded into it.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "origin"),
        Index("ix_notifications_user_id_read_at", "user_id", "read_at"),
        Index("ix_notifications_at", "at"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"), index=True)
    kind: Mapped[NotificationKind] = mapped_column(by_value(NotificationKind))
    thing: Mapped[Thing] = mapped_column(by_value(Thing))
    row_id: Mapped[int] = mapped_column(default=0)
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), index=True)
    folded_into_id: Mapped[int | None] = mapped_column(ForeignKey("notifications.id", ondelete="CASCADE"), index=True)
    # Words that stand on no row of a person: an application's company, a sender's address, what a bulk action did.
    words: Mapped[str] = mapped_column(String(300), default="")
    count: Mapped[int] = mapped_column(default=1)
    actor_id: Mapped[UserRefOrNone]
    # What is told once only, for example "due:12:2026-03-01"; NULL for the rest.
    origin: Mapped[str | None] = mapped_column(String(120))
    way: Mapped[NotificationWay] = mapped_column(by_value(NotificationWay))
    at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]


class NotificationChoice(Base):
    """How a person wants to be told of one kind; without a row it is shown in the app."""

    __tablename__ = "notification_choices"
    __table_args__ = (UniqueConstraint("user_id", "kind"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind] = mapped_column(by_value(NotificationKind))
    way: Mapped[NotificationWay] = mapped_column(by_value(NotificationWay))


class Tour(Base):
    """How far a person is in the tour; once closed it stays closed until they ask for it."""

    __tablename__ = "tours"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    step: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
