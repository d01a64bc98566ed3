"""Prospects: companies in a program, the cards on the board; and every move they make."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import (
    CompanyRef,
    CreatedAt,
    Id,
    ProgramRef,
    ProspectRef,
    RankText,
    UserRefOrNone,
    by_value,
)
from app.models.stage import MoveEvent, Stage


class FitState(StrEnum):
    """Where the fit score of a prospect stands; `waiting` rows are the scorer's work list."""

    UNREAD = "unread"
    WAITING = "waiting"
    SCORING = "scoring"
    SCORED = "scored"
    NO_EVIDENCE = "no_evidence"
    FAILED = "failed"


# Sorts prospects without a number behind every number; a NULL would sort differently on each database.
NO_SCORE_SORT = -1.0
_WAKES = text("wake_up_on IS NOT NULL")


class Prospect(Base):
    """A company in a program: stage, owner, fit score, source."""

    __tablename__ = "prospects"
    __table_args__ = (
        UniqueConstraint("program_id", "company_id"),
        # The order by hand, and with it whatever a filter looks at: a filtered board reads this index alone, in its own
        # order, instead of fetching 100,000 rows from everywhere.
        Index(
            "ix_prospects_board_rank",
            "program_id",
            "stage",
            "rank",
            "id",
            "fit_sort",
            "owner_id",
            "stage_since_at",
            "fit_state",
            "company_id",
            "source",
        ),
        Index("ix_prospects_board_fit", "program_id", "stage", "fit_sort", "id"),
        Index("ix_prospects_board_age", "program_id", "stage", "stage_since_at", "id"),
        # The table's own order; a filtered count reads it alone.
        Index("ix_prospects_table_fit", "program_id", "fit_sort", "id", "owner_id", "stage", "company_id"),
        Index("ix_prospects_table_age", "program_id", "stage_since_at", "id"),
        Index("ix_prospects_table_owner", "program_id", "owner_id", "id"),
        Index("ix_prospects_source", "program_id", "source", "id"),
        # The funnel by source.
        Index("ix_prospects_source_stage", "program_id", "source", "furthest"),
        # Who stands still, the longest first: a day reads the start of it, whatever else its person owns.
        Index("ix_prospects_owner_age", "owner_id", "stage_since_at", "id", "stage", "program_id", "company_id"),
        Index("ix_prospects_waking", "owner_id", "wake_up_on", "id", sqlite_where=_WAKES, postgresql_where=_WAKES),
        # The funnel of all of a program's prospects reads this alone.
        Index("ix_prospects_funnel", "program_id", "created_at", "furthest", "source", "owner_id", "company_id"),
        Index("ix_prospects_fit_state", "fit_state", "fit_requested_at"),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    company_id: Mapped[CompanyRef]
    stage: Mapped[Stage] = mapped_column(by_value(Stage), default=Stage.SOURCED)
    stage_since_at: Mapped[CreatedAt]
    # The latest stage of the board it ever stood in; moves that were taken back do not count.
    furthest: Mapped[Stage] = mapped_column(by_value(Stage), default=Stage.SOURCED, server_default=Stage.SOURCED)
    rank: Mapped[str] = mapped_column(RankText)
    owner_id: Mapped[UserRefOrNone] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(String(200), default="")
    # Columns of the import that have no field of their own, kept by their heading.
    extra: Mapped[dict[str, str]] = mapped_column(default=dict)
    wake_up_on: Mapped[date | None]
    # Counted up by every change a person can see; a stale number in a form means somebody else was faster.
    version: Mapped[int] = mapped_column(default=1)
    fit_state: Mapped[FitState] = mapped_column(by_value(FitState), default=FitState.UNREAD)
    fit_score: Mapped[float | None]
    fit_sort: Mapped[float] = mapped_column(default=NO_SCORE_SORT)
    fit_requested_at: Mapped[datetime | None]
    fit_lease_until: Mapped[datetime | None]
    fit_attempts: Mapped[int] = mapped_column(default=0)
    fit_error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[CreatedAt]


class StageChange(Base):
    """One move of a prospect: who, when, why. Never edited; undo writes the inverse and points at what it undoes."""

    __tablename__ = "stage_changes"
    __table_args__ = (UniqueConstraint("undoes_id"),)

    id: Mapped[Id]
    prospect_id: Mapped[ProspectRef]
    from_stage: Mapped[Stage | None] = mapped_column(by_value(Stage))
    to_stage: Mapped[Stage] = mapped_column(by_value(Stage))
    event: Mapped[MoveEvent] = mapped_column(by_value(MoveEvent))
    by_user_id: Mapped[UserRefOrNone]
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[CreatedAt]
    # What undo puts back: rank, stage_since_at (ISO) and wake_up_on (ISO or null) as they were.
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("stage_changes.id", ondelete="CASCADE"))


class ActivityKind(StrEnum):
    """What a person wrote down or did."""

    NOTE = "note"
    CALL = "call"
    # Between a partner and us: both sides read it.
    MESSAGE = "message"


class Activity(Base):
    """A note, a logged call, or a message to or from the partner, on a prospect's timeline."""

    __tablename__ = "activities"
    __table_args__ = (Index("ix_activities_at", "at", "prospect_id"),)

    id: Mapped[Id]
    prospect_id: Mapped[ProspectRef]
    kind: Mapped[ActivityKind] = mapped_column(by_value(ActivityKind))
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UserRefOrNone]
    # Who of the partner wrote a message; None for what our own people wrote.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("partner_people.id", ondelete="SET NULL"))
    at: Mapped[CreatedAt]


class DecisionOutcome(StrEnum):
    """What was decided."""

    APPROVE = "approve"
    DECLINE = "decline"


class Decision(Base):
    """Approve or decline, with reason codes; freezes what the reviewer saw (the receipt)."""

    __tablename__ = "decisions"

    id: Mapped[Id]
    prospect_id: Mapped[ProspectRef]
    stage_change_id: Mapped[int] = mapped_column(ForeignKey("stage_changes.id", ondelete="CASCADE"), unique=True)
    outcome: Mapped[DecisionOutcome] = mapped_column(by_value(DecisionOutcome))
    reason_codes: Mapped[list[str]]
    note: Mapped[str] = mapped_column(Text, default="")
    reviewer_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
    fit_score_id: Mapped[int | None] = mapped_column(ForeignKey("fit_scores.id", ondelete="SET NULL"))
    score: Mapped[float | None]
    model_id: Mapped[str] = mapped_column(String(120), default="")
    profile_version: Mapped[int | None]
    page_hashes: Mapped[dict[str, str]] = mapped_column(default=dict)
