"""Keeping partners: goals with checkpoints, resources by tier, business reviews, and how often to be in touch."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value
from app.models.partnership import PartnershipRef, PersonRefOrNone


class Goal(Base):
    """What a partner and we want to reach by a day, from a value to a value; between them lies a straight line."""

    __tablename__ = "goals"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    partnership_id: Mapped[PartnershipRef]
    kpi: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(40), default="")
    baseline: Mapped[float] = mapped_column(default=0.0)
    started_on: Mapped[date]
    target: Mapped[float]
    due_on: Mapped[date]
    # The newest checkpoint up to the due day, kept here so that lists of thousands need no checkpoints.
    value: Mapped[float | None]
    value_on: Mapped[date | None]
    # Counted up by every agreed change; a stale number in a form means somebody else was faster.
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    # Put away: it counts no more, and what was reported stays.
    closed_at: Mapped[datetime | None]


class GoalCheckpoint(Base):
    """A value that was reached on a day, as one of us or somebody of the partner reported it."""

    __tablename__ = "goal_checkpoints"

    id: Mapped[Id]
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id", ondelete="CASCADE"), index=True)
    reached_on: Mapped[date]
    value: Mapped[float]
    note: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[UserRefOrNone]
    person_id: Mapped[PersonRefOrNone]
    created_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None]


class GoalChange(Base):
    """An agreed change of a goal: what it was, what it is, and why. Never edited."""

    __tablename__ = "goal_changes"

    id: Mapped[Id]
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id", ondelete="CASCADE"), index=True)
    old_target: Mapped[float]
    new_target: Mapped[float]
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    why: Mapped[str] = mapped_column(Text)
    user_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]


class ResourceKind(StrEnum):
    """What a resource is good for."""

    GUIDE = "guide"
    TEXT = "text"
    BANNER = "banner"
    LOGO = "logo"
    PRICES = "prices"
    PRESENTATION = "presentation"
    VIDEO = "video"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the kind as people read it."""
        return {
            "guide": "Guide",
            "text": "Ready-made text",
            "banner": "Banner or picture",
            "logo": "Logo",
            "prices": "Price list",
            "presentation": "Presentation",
            "video": "Video",
            "other": "Something else",
        }[self.value]


class Resource(Base):
    """Something ready-made for partners: for those of its tiers, and with none named for all of the program."""

    __tablename__ = "resources"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    kind: Mapped[ResourceKind] = mapped_column(by_value(ResourceKind))
    title: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="")
    tiers: Mapped[list[str]] = mapped_column(default=list)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    archived_at: Mapped[datetime | None]


class ResourceVersion(Base):
    """One version of a resource: a link, or a file under `key` in the data folder. Partners get the newest."""

    __tablename__ = "resource_versions"
    __table_args__ = (UniqueConstraint("resource_id", "number"),)

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    number: Mapped[int]
    url: Mapped[str] = mapped_column(String(1000), default="")
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    filename: Mapped[str] = mapped_column(String(120), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size_bytes: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class ResourceUse(Base):
    """How often one partner fetched one version, and when last."""

    __tablename__ = "resource_uses"
    __table_args__ = (UniqueConstraint("version_id", "partnership_id"),)

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("resource_versions.id", ondelete="CASCADE"))
    partnership_id: Mapped[PartnershipRef]
    downloads: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[CreatedAt]
    last_at: Mapped[CreatedAt]


class Rhythm(StrEnum):
    """How often a partner is reviewed."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"

    @property
    def months(self) -> int:
        """Return the months from one review to the next."""
        return 1 if self is Rhythm.MONTHLY else 3

    @property
    def label(self) -> str:
        """Return the rhythm as people read it."""
        return self.value.capitalize()


class ReviewState(StrEnum):
    """Where a business review stands."""

    PLANNED = "planned"
    FINISHED = "finished"
    CALLED_OFF = "called_off"

    @property
    def label(self) -> str:
        """Return the state as people read it."""
        return self.value.replace("_", " ").capitalize()


class BusinessReview(Base):
    """A review with a partner. While planned its agenda is read off the data; a finished one keeps what it said."""

    __tablename__ = "business_reviews"
    __table_args__ = (
        Index(
            "uq_business_reviews_planned",
            "partnership_id",
            unique=True,
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index("ix_business_reviews_program_id_state", "program_id", "state", "held_on"),
    )

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    partnership_id: Mapped[PartnershipRef]
    rhythm: Mapped[Rhythm] = mapped_column(by_value(Rhythm))
    state: Mapped[ReviewState] = mapped_column(by_value(ReviewState), default=ReviewState.PLANNED)
    # The agenda looks at what happened since; the day of the review before, or the day the partnership began.
    since_on: Mapped[date]
    held_on: Mapped[date]
    next_on: Mapped[date | None]
    agenda: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[str] = mapped_column(Text, default="")
    decisions: Mapped[str] = mapped_column(Text, default="")
    # What the partner may read, once it is shared.
    summary: Mapped[str] = mapped_column(Text, default="")
    shared_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    finished_by_id: Mapped[UserRefOrNone]
    finished_at: Mapped[datetime | None]


class CadenceRule(Base):
    """After so many days without a touch a partner of this tier (empty: of all others) makes a task."""

    __tablename__ = "cadence_rules"
    __table_args__ = (
        # One in force for a tier, so that nobody has to guess which one counts.
        Index(
            "uq_cadence_rules_in_force",
            "program_id",
            "tier",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    # As people compare tiers: in small letters, one line.
    tier: Mapped[str] = mapped_column(String(60), default="")
    days: Mapped[int]
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
