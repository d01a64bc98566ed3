"""Mail that came in: replies, bounces, automatic answers, wishes to be left alone."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, UserRefOrNone, by_value


class MailState(StrEnum):
    """How far a received mail is: stored, then read and matched; `unreadable` keeps its raw bytes."""

    WAITING = "waiting"
    READ = "read"
    UNREADABLE = "unreadable"


class MatchedBy(StrEnum):
    """What tied a received mail to somebody; nothing puts it into the triage tray."""

    TOKEN = "token"  # noqa: S105 - a way of matching, no secret
    MESSAGE_ID = "message_id"
    SENDER = "sender"
    COMPANY = "company"
    HAND = "hand"
    NOTHING = "nothing"


class ReplyMark(StrEnum):
    """What a person made of a reply."""

    NONE = "none"
    INTERESTED = "interested"
    NOT_NOW = "not_now"
    NO = "no"


class ReceivedMail(Base):
    """One mail as it came in, stored before it is answered for; what it is and whose is read by a job afterwards."""

    __tablename__ = "received_mails"
    __table_args__ = (
        Index("ix_received_mails_state", "state", "id"),
        Index("ix_received_mails_program_id_handled_at", "program_id", "handled_at", "received_at"),
        Index("ix_received_mails_received_at", "received_at", "prospect_id"),
    )

    id: Mapped[Id]
    # "sendgrid" or "imap:<sender id>".
    source: Mapped[str] = mapped_column(String(60))
    # SHA-256 of the raw mail: the same mail delivered twice is one row.
    content_key: Mapped[str] = mapped_column(String(64), unique=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    # The receiver and sender of the envelope, where the server told them.
    envelope_to: Mapped[str] = mapped_column(String(320), default="")
    state: Mapped[MailState] = mapped_column(by_value(MailState), default=MailState.WAITING)
    detail: Mapped[str] = mapped_column(Text, default="")
    # outreach.inbound's word: reply, auto_reply, bounce_hard, bounce_soft, complaint, unsubscribe; empty until read.
    kind: Mapped[str] = mapped_column(String(24), default="")
    kind_reason: Mapped[str] = mapped_column(String(300), default="")
    from_address: Mapped[str] = mapped_column(String(320), default="")
    from_name: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(400), default="")
    internet_id: Mapped[str] = mapped_column(String(300), default="", index=True)
    in_reply_to: Mapped[str] = mapped_column(String(300), default="")
    new_text: Mapped[str] = mapped_column(Text, default="")
    quoted_text: Mapped[str] = mapped_column(Text, default="")
    # Cleaned by nh3; safe to show.
    html: Mapped[str] = mapped_column(Text, default="")
    matched_by: Mapped[MatchedBy] = mapped_column(by_value(MatchedBy), default=MatchedBy.NOTHING)
    program_id: Mapped[int | None] = mapped_column(ForeignKey("programs.id", ondelete="SET NULL"))
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id", ondelete="SET NULL"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollments.id", ondelete="SET NULL"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    mark: Mapped[ReplyMark] = mapped_column(by_value(ReplyMark), default=ReplyMark.NONE)
    snoozed_until: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[UserRefOrNone]
    received_at: Mapped[CreatedAt]


class Mailbox(Base):
    """How far the mailbox of an SMTP sender was read over IMAP, and why it could not be read the last time."""

    __tablename__ = "mailboxes"

    id: Mapped[Id]
    sender_id: Mapped[int] = mapped_column(ForeignKey("senders.id", ondelete="CASCADE"), unique=True)
    uid_validity: Mapped[int] = mapped_column(BigInteger, default=0)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    checked_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(Text, default="")
    failures: Mapped[int] = mapped_column(default=0)
    not_before_at: Mapped[datetime | None]
