"""Sequences, their versions, and the contacts going through them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, ProspectRef, UserRefOrNone, by_value


class Sequence(Base):
    """A named plan of touches in a program. What it says stands in its versions."""

    __tablename__ = "sequences"
    __table_args__ = (UniqueConstraint("program_id", "name"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    # The sender chosen first when somebody is enrolled; each enrollment keeps its own.
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("senders.id", ondelete="SET NULL"))
    approve_first_mail: Mapped[bool] = mapped_column(default=False)
    # Enroll by rule: {"min_score": 70, "stages": ["qualified"], "is_on": true}; empty for none.
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Counted up by every edit of the draft; a stale number in a form means somebody else was faster.
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    archived_at: Mapped[datetime | None]


class SequenceVersion(Base):
    """What a sequence said at one time; people finish on the version they began with.

    `content` is the sequence in the shape that outreach.plan_json reads, with the wording of each step beside it.
    Published versions are never edited; the one draft (number 0) is.
    """

    __tablename__ = "sequence_versions"
    __table_args__ = (UniqueConstraint("sequence_id", "number"),)

    id: Mapped[Id]
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text, default="")
    published_by_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]


class EnrollmentBatch(Base):
    """Many contacts put into a sequence with one decision, by a person or by the sequence's rule; can be taken back.

    `contact_ids` is what was chosen after the preview; `skipped` says in a sentence why one of them was left out.
    """

    __tablename__ = "enrollment_batches"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"), index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("senders.id", ondelete="RESTRICT"))
    contact_ids: Mapped[list[int]] = mapped_column(default=list)
    # Contact id -> why it was not enrolled.
    skipped: Mapped[dict[str, str]] = mapped_column(default=dict)
    # How many of contact_ids were looked at; the batch is done when that is all.
    done_count: Mapped[int] = mapped_column(default=0)
    enrolled_count: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class EnrollmentState(StrEnum):
    """Where an enrollment stands. Only `active` ones are ever due."""

    ACTIVE = "active"
    HELD = "held"
    FINISHED = "finished"
    STOPPED = "stopped"


class Enrollment(Base):
    """One contact going through one version of a sequence, from one fixed sender."""

    __tablename__ = "enrollments"
    __table_args__ = (
        # A person is in one sequence at a time, held by the database, whoever enrolls.
        Index(
            "uq_enrollments_open_contact",
            "contact_id",
            unique=True,
            sqlite_where=text("state IN ('active', 'held')"),
            postgresql_where=text("state IN ('active', 'held')"),
        ),
        Index(
            "ix_enrollments_due",
            "next_at",
            "id",
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_enrollments_sequence_id_state", "sequence_id", "state"),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    prospect_id: Mapped[ProspectRef]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="RESTRICT"))
    version_id: Mapped[int] = mapped_column(ForeignKey("sequence_versions.id", ondelete="RESTRICT"))
    sender_id: Mapped[int] = mapped_column(ForeignKey("senders.id", ondelete="RESTRICT"), index=True)
    state: Mapped[EnrollmentState] = mapped_column(by_value(EnrollmentState), default=EnrollmentState.ACTIVE)
    # Why it is held or stopped, by a name of outreach.policy.Rule or a word of ours, and in a sentence for people.
    reason: Mapped[str] = mapped_column(String(40), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    # The step the planner looks at next and when: a hint for the due query, never the permission to send.
    next_step: Mapped[str | None] = mapped_column(String(60))
    next_at: Mapped[datetime | None]
    # Step key -> ISO time it was put off to: by a person who released it, or by the day's cap.
    rescheduled: Mapped[dict[str, str]] = mapped_column(default=dict)
    # The passage of the prospect's page that `site.quote` writes: {"url", "text"}; empty: none was chosen yet.
    quote: Mapped[dict[str, str]] = mapped_column(default=dict)
    # The decision that enrolled many at once, so that it can be taken back as one.
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment_batches.id", ondelete="SET NULL"), index=True)
    # What answers carry back to us, in the reply address and in the links.
    token: Mapped[str] = mapped_column(String(64), unique=True)
    enrolled_by_id: Mapped[UserRefOrNone]
    enrolled_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]


class StepDone(Base):
    """A step of an enrollment that was no mail and is over: a task done or dropped, or a step skipped."""

    __tablename__ = "steps_done"
    __table_args__ = (UniqueConstraint("enrollment_id", "step"),)

    id: Mapped[Id]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollments.id", ondelete="CASCADE"))
    step: Mapped[str] = mapped_column(String(60))
    is_skipped: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(200), default="")
    by_user_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]


class StopKind(StrEnum):
    """What ends outreach to a person; the names of outreach.sequence.StopKind, and two of people's own."""

    REPLY = "reply"
    OPT_OUT = "opt_out"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    APPLICATION = "application"
    BY_HAND = "by_hand"


class Stop(Base):
    """That something ended outreach to a contact. Committed before a handing over, it always wins."""

    __tablename__ = "stops"
    __table_args__ = (Index("ix_stops_contact_id", "contact_id"), Index("ix_stops_company_id", "company_id"))

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    program_id: Mapped[int | None] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"), index=True)
    kind: Mapped[StopKind] = mapped_column(by_value(StopKind))
    # What told us: "inbound:12", "event:34", "user:5".
    source: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[CreatedAt]


class ContactBasis(Base):
    """On what ground a contact may be written to: recorded consent, or a legal basis with where the address is from."""

    __tablename__ = "contact_bases"
    __table_args__ = (UniqueConstraint("program_id", "contact_id"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    has_consented: Mapped[bool] = mapped_column(default=False)
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    source_url: Mapped[str] = mapped_column(String(2000), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
