"""Fit profiles, versioned, and the scores they gave."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, ProspectRef, UserRefOrNone


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
    computed_at: Mapped[CreatedAt]
