"""The ledger: one row for each mail of a sequence, one for each attempt and one for each event about it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value


class MessageState(StrEnum):
    """Where a message stands (DESIGN section 7). It changes by compare-and-set on the old state only."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    HANDING_OVER = "handing_over"
    RETRY_WAIT = "retry_wait"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SKIPPED = "skipped"
    UNCERTAIN = "uncertain"
    RESOLVED_SENT = "resolved_sent"
    RESOLVED_NOT_SENT = "resolved_not_sent"
    NEEDS_PERSON = "needs_person"


class MessageKind(StrEnum):
    """Why a message is written."""

    STEP = "step"
    ANSWER = "answer"
    TEST = "test"


class Delivery(StrEnum):
    """The strongest thing the provider or the receiver's server has said of an accepted mail."""

    UNKNOWN = "unknown"
    PROCESSED = "processed"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    SOFT_BOUNCED = "soft_bounced"
    HARD_BOUNCED = "hard_bounced"
    DROPPED = "dropped"
    OPTED_OUT = "opted_out"
    COMPLAINED = "complained"


class Message(Base):
    """The ledger row of one mail: unique per enrollment and step, so that planning twice never sends twice."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "step"),
        Index(
            "ix_messages_open",
            "state",
            "not_before_at",
            "id",
            sqlite_where=text("state IN ('planned', 'claimed', 'handing_over', 'retry_wait', 'uncertain')"),
            postgresql_where=text("state IN ('planned', 'claimed', 'handing_over', 'retry_wait', 'uncertain')"),
        ),
        # The next ones to leave, without sorting all that are due.
        Index(
            "ix_messages_claimable",
            "not_before_at",
            "id",
            sqlite_where=text("state IN ('planned', 'retry_wait')"),
            postgresql_where=text("state IN ('planned', 'retry_wait')"),
        ),
        Index("ix_messages_program_id_state", "program_id", "state"),
        Index("ix_messages_sender_id_accepted_at", "sender_id", "accepted_at"),
        # Replies are matched by whom we wrote to last.
        Index("ix_messages_to_address", "to_address"),
        # Whom we wrote to lately.
        Index(
            "ix_messages_accepted_at",
            "accepted_at",
            "prospect_id",
            sqlite_where=text("accepted_at IS NOT NULL"),
            postgresql_where=text("accepted_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    kind: Mapped[MessageKind] = mapped_column(by_value(MessageKind), default=MessageKind.STEP)
    # NULL for answers and tests, of which an enrollment may have many.
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollments.id", ondelete="CASCADE"))
    step: Mapped[str | None] = mapped_column(String(60))
    variant: Mapped[str] = mapped_column(String(60), default="")
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("senders.id", ondelete="RESTRICT"))
    to_address: Mapped[str] = mapped_column(String(320))
    # Rendered when the message is handed over (or approved by a person), and kept as it went out.
    subject: Mapped[str] = mapped_column(String(400), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    internet_id: Mapped[str] = mapped_column(String(300), default="", index=True)
    in_reply_to: Mapped[str] = mapped_column(String(300), default="")
    references: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[MessageState] = mapped_column(by_value(MessageState), default=MessageState.PLANNED)
    # Why it waits, was skipped or refused: a rule's name or a word of ours; and in a sentence for people.
    reason: Mapped[str] = mapped_column(String(60), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    needs_approval: Mapped[bool] = mapped_column(default=False)
    approved_by_id: Mapped[UserRefOrNone]
    due_at: Mapped[datetime]
    # NULL: no time will make it leave, somebody has to act first (the enrollment's reason says what).
    not_before_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    # Who holds the lease; a worker that lost it finds another name here.
    leased_by: Mapped[str] = mapped_column(String(64), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str] = mapped_column(String(300), default="", index=True)
    accepted_at: Mapped[datetime | None]
    delivery: Mapped[Delivery] = mapped_column(by_value(Delivery), default=Delivery.UNKNOWN)
    delivery_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    created_by_id: Mapped[UserRefOrNone]


class AttemptOutcome(StrEnum):
    """What one handing over came to; `open` until it is known."""

    OPEN = "open"
    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


class Attempt(Base):
    """One handing over of a message, committed before the call. Its reference travels with the mail and comes back."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("message_id", "number"),)

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    outcome: Mapped[AttemptOutcome] = mapped_column(by_value(AttemptOutcome), default=AttemptOutcome.OPEN)
    detail: Mapped[str] = mapped_column(Text, default="")
    provider_id: Mapped[str] = mapped_column(String(300), default="")
    worker: Mapped[str] = mapped_column(String(64), default="")
    started_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]


class LedgerMark(Base):
    """How far the ledger is, in one row: compared with what workers remember outside the database.

    A database that has handed over fewer mails than the workers remember is a restored backup: it does not know what
    left since, so nothing more leaves until a person says so.
    """

    __tablename__ = "ledger_marks"

    id: Mapped[Id]
    handed_over: Mapped[int] = mapped_column(BigInteger, default=0)
    beat_at: Mapped[datetime | None]


class PostState(StrEnum):
    """Whether a provider's post has been read into events yet."""

    WAITING = "waiting"
    READ = "read"
    UNREADABLE = "unreadable"


class ProviderPost(Base):
    """The raw body of one accepted webhook post, stored before it is answered and read by a job afterwards."""

    __tablename__ = "provider_posts"
    __table_args__ = (Index("ix_provider_posts_state", "state", "id"),)

    id: Mapped[Id]
    provider: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes]
    state: Mapped[PostState] = mapped_column(by_value(PostState), default=PostState.WAITING)
    detail: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[CreatedAt]


class ProviderEvent(Base):
    """One thing a provider said of one attempt; the same thing said again changes nothing."""

    __tablename__ = "provider_events"
    __table_args__ = (Index("ix_provider_events_message_id", "message_id"),)

    id: Mapped[Id]
    # The provider's own id where it gives one; the same event may come again under another.
    event_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    # A hash over what the event says (attempt, kind, time, reason), which a repeat under a new id shares.
    content_key: Mapped[str] = mapped_column(String(64), unique=True)
    reference: Mapped[str] = mapped_column(String(64), default="", index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    received_at: Mapped[CreatedAt]
    is_applied: Mapped[bool] = mapped_column(default=False)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SuppressionReason(StrEnum):
    """Why an address or domain must not be mailed."""

    OPT_OUT = "opt_out"
    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard_bounce"
    BY_HAND = "by_hand"
    IMPORTED = "imported"
    ERASED = "erased"


class Suppression(Base):
    """An address or a domain that must not be mailed, in any program. Erasure leaves the keyed hash only."""

    __tablename__ = "suppressions"
    # Cards ask it of the addresses at their companies.
    __table_args__ = (Index("ix_suppressions_value", "value", "reason"),)

    id: Mapped[Id]
    # HMAC of the normalized address or domain: what is looked up, and all that is left after erasure.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    value: Mapped[str | None] = mapped_column(String(320))
    is_domain: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[SuppressionReason] = mapped_column(by_value(SuppressionReason))
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(120), default="")
    added_by_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
