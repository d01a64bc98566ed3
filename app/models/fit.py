"""Fit profiles, versioned; the rules and scores they gave; backtests, adopted weights and what decisions saw."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CompanyRef, CreatedAt, Id, ProgramRef, ProspectRef, UserRefOrNone, by_value


class FitProfile(Base):
    """One version of what a program looks for, in the shape that scoring.profile.parse_profile reads."""

    __tablename__ = "fit_profiles"
    __table_args__ = (
        UniqueConstraint("program_id", "version"),
        Index(
            "uq_fit_profiles_current",
            "program_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    version: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    content: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class FitScore(Base):
    """A score as it was computed: the number or why there is none, its parts, and what it was computed from."""

    __tablename__ = "fit_scores"
    __table_args__ = (Index("ix_fit_scores_prospect_id_id", "prospect_id", "id"),)

    id: Mapped[Id]
    prospect_id: Mapped[ProspectRef]
    profile_id: Mapped[int] = mapped_column(ForeignKey("fit_profiles.id", ondelete="CASCADE"), index=True)
    score: Mapped[float | None]
    why_null: Mapped[str] = mapped_column(Text, default="")
    probability: Mapped[float | None]
    confidence: Mapped[float | None]
    # [{"id","label","points","of","citations":[{"url","start","end","quote","points"}]}]; the points add up exactly.
    parts: Mapped[list[Any]] = mapped_column(default=list)
    model_id: Mapped[str] = mapped_column(String(120))
    # Page address -> content hash at the moment of scoring.
    page_hashes: Mapped[dict[str, str]] = mapped_column(default=dict)
    # The rules that computed it, and the sha256 of all it was computed from (scoring.receipt.evidence_hash).
    # No foreign key: SQLite adds one to a table only by copying it.
    rules_id: Mapped[int | None] = mapped_column(index=True)
    evidence_hash: Mapped[str] = mapped_column(String(64), default="")
    computed_at: Mapped[CreatedAt]


class FitRules(Base):
    """A fit profile made into numbers for one embedding model: all that a score depends on but the company.

    Scores point at it, so that any of them can be computed again. `basis` says what it was made from; the same basis
    is never compiled twice.
    """

    __tablename__ = "fit_rules"
    __table_args__ = (UniqueConstraint("program_id", "basis"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    profile_id: Mapped[int] = mapped_column(ForeignKey("fit_profiles.id", ondelete="CASCADE"), index=True)
    adoption_id: Mapped[int | None] = mapped_column(ForeignKey("adoptions.id", ondelete="SET NULL"))
    basis: Mapped[str] = mapped_column(String(64))
    embedding_model: Mapped[str] = mapped_column(String(120))
    # What scoring.receipt.freeze_rules wrote.
    content: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]


class BacktestState(StrEnum):
    """How far a backtest is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Backtest(Base):
    """A test of the score on decisions already made. The row is the job: a worker claims it and writes the result."""

    __tablename__ = "backtests"
    __table_args__ = (Index("ix_backtests_program_id_id", "program_id", "id"), Index("ix_backtests_state", "state"))

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("fit_profiles.id", ondelete="SET NULL"))
    # How many mails the team sends in a week: the k of precision at k.
    weekly_mails: Mapped[int]
    state: Mapped[BacktestState] = mapped_column(by_value(BacktestState), default=BacktestState.WAITING)
    requested_by_id: Mapped[UserRefOrNone]
    requested_at: Mapped[CreatedAt]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    embedding_model: Mapped[str] = mapped_column(String(120), default="")
    # What app.services.backtests.result_row wrote; empty until done.
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What was learned from all decisions (scoring.receipt.freeze_head); empty where nothing could be.
    head: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Adoption(Base):
    """Learned weights that a person put in force after a backtest; at most one of a program is not withdrawn."""

    __tablename__ = "adoptions"
    __table_args__ = (
        Index(
            "uq_adoptions_in_force",
            "program_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    backtest_id: Mapped[int | None] = mapped_column(ForeignKey("backtests.id", ondelete="SET NULL"))
    embedding_model: Mapped[str] = mapped_column(String(120))
    head: Mapped[dict[str, Any]]
    decisions: Mapped[int]
    approved: Mapped[int]
    # What the backtest said when it was adopted.
    verdict: Mapped[str] = mapped_column(Text, default="")
    adopted_by_id: Mapped[UserRefOrNone]
    adopted_at: Mapped[CreatedAt]
    withdrawn_by_id: Mapped[UserRefOrNone]
    withdrawn_at: Mapped[datetime | None]


class DecisionEvidence(Base):
    """What the score of a decision was computed from, kept because a company's pages change: text, vectors, facts."""

    __tablename__ = "decision_evidence"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[CompanyRef]
    rules_id: Mapped[int | None] = mapped_column(ForeignKey("fit_rules.id", ondelete="SET NULL"))
    evidence_hash: Mapped[str] = mapped_column(String(64))
    # Passages, facts, language and country as scoring.evidence.SiteEvidence holds them.
    content: Mapped[dict[str, Any]]
    # float16 rows, one a passage, little endian.
    vectors: Mapped[bytes] = mapped_column(LargeBinary)


class CompanyDigest(Base):
    """A company's text as numbers, so that thousands can be ranked again without reading a word of it.

    Made when its passages are: the words' 32-bit hashes with their counts, and the mean of the raw passage vectors.
    """

    __tablename__ = "company_digests"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    model_id: Mapped[str] = mapped_column(String(120))
    passage_count: Mapped[int]
    # Little endian: uint32 terms in order, uint16 counts, float32 mean.
    terms: Mapped[bytes] = mapped_column(LargeBinary)
    term_counts: Mapped[bytes] = mapped_column(LargeBinary)
    mean: Mapped[bytes] = mapped_column(LargeBinary)
