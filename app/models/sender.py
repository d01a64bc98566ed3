"""Senders: who outreach comes from, how it leaves, how much a day, and whether the domain is fit to send."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value


class SenderTransport(StrEnum):
    """The way a sender's mail leaves."""

    OUTBOX = "outbox"
    SMTP = "smtp"
    SENDGRID = "sendgrid"


class Sender(Base):
    """An identity that writes to prospects; an enrollment keeps its sender to the end."""

    __tablename__ = "senders"
    __table_args__ = (UniqueConstraint("program_id", "address"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(320))
    reply_to: Mapped[str] = mapped_column(String(320), default="")
    signature: Mapped[str] = mapped_column(Text, default="")
    postal_address: Mapped[str] = mapped_column(Text, default="")
    transport: Mapped[SenderTransport] = mapped_column(by_value(SenderTransport), default=SenderTransport.OUTBOX)
    # Server, port, user and encrypted password of the mailbox: {"smtp": {...}, "imap": {...}}; never shown again.
    connection: Mapped[dict[str, Any]] = mapped_column(default=dict)
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    # Hours and days of its own on its own clock: {"days": ["mon", ...], "from": "09:00", "to": "17:00"}; {}: any time.
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # None means no cap; without evaluates_none() a None would be taken for "not given" and become the default.
    daily_cap: Mapped[int | None] = mapped_column(Integer().evaluates_none(), default=50)
    ramp_since_on: Mapped[date | None]
    ramp_start: Mapped[int] = mapped_column(default=10)
    ramp_per_day: Mapped[int] = mapped_column(default=5)
    domain_spacing_s: Mapped[int] = mapped_column(default=600)
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(Text, default="")
    # The pre-flight of the domain: {"spf": {...}, "dkim": {...}, "dmarc": {...}}; sending is locked until green.
    checks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    checked_at: Mapped[datetime | None]
    is_cleared: Mapped[bool] = mapped_column(default=False)
    cleared_by_id: Mapped[UserRefOrNone]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]
    archived_at: Mapped[datetime | None]


class SenderDay(Base):
    """How many mails a sender handed over on one day of its own calendar; counted up by compare-and-set."""

    __tablename__ = "sender_days"
    __table_args__ = (UniqueConstraint("sender_id", "day"),)

    id: Mapped[Id]
    sender_id: Mapped[int] = mapped_column(ForeignKey("senders.id", ondelete="CASCADE"))
    day: Mapped[date]
    handed_over: Mapped[int] = mapped_column(default=0)


class SenderDomain(Base):
    """When a sender last wrote to a receiving domain, for the spacing between its mails."""

    __tablename__ = "sender_domains"
    __table_args__ = (UniqueConstraint("sender_id", "domain"),)

    id: Mapped[Id]
    sender_id: Mapped[int] = mapped_column(ForeignKey("senders.id", ondelete="CASCADE"))
    domain: Mapped[str] = mapped_column(String(253))
    last_at: Mapped[datetime]


class PauseScope(StrEnum):
    """What is paused."""

    ALL = "all"
    SEQUENCE = "sequence"
    SENDER = "sender"
    ENROLLMENT = "enrollment"


class Pause(Base):
    """Sending held for everything, a sequence, a sender or one enrollment, until a time or until somebody resumes."""

    __tablename__ = "pauses"
    __table_args__ = (Index("ix_pauses_scope_subject_id", "scope", "subject_id"),)

    id: Mapped[Id]
    scope: Mapped[PauseScope] = mapped_column(by_value(PauseScope))
    # The id of the sequence, sender or enrollment; 0 for everything.
    subject_id: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
    until_at: Mapped[datetime | None]
    by_user_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]


class CountryRule(Base):
    """Whether a program may write first to people of a country; without a row it may not."""

    __tablename__ = "country_rules"
    __table_args__ = (UniqueConstraint("program_id", "country"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    country: Mapped[str] = mapped_column(String(2))
    allows_cold_mail: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    set_by_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
