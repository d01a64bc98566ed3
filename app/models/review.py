"""What stands beside a reviewer's own judgment: a colleague's opinion that was asked for, and rules that approve."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.application import ApplicationRef
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value


class Leaning(StrEnum):
    """What a colleague would do; their word advises, the reviewer decides."""

    APPROVE = "approve"
    DECLINE = "decline"
    UNSURE = "unsure"

    @property
    def label(self) -> str:
        """Return the leaning as people read it."""
        return {"approve": "would approve", "decline": "would decline", "unsure": "is not sure"}[self.value]


class SecondOpinion(Base):
    """A colleague asked what they think of an application, and what they said; kept, whatever is decided."""

    __tablename__ = "second_opinions"

    id: Mapped[Id]
    application_id: Mapped[ApplicationRef]
    asked_by_id: Mapped[UserRefOrNone]
    colleague_id: Mapped[UserRefOrNone]
    question: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[CreatedAt]
    leaning: Mapped[Leaning | None] = mapped_column(by_value(Leaning))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]


class ReviewRule(Base):
    """Approve by itself what scores high enough and has no flag of a level or worse. Nothing is ever declined by rule.

    A rule is never edited: switching one off and another on keeps what each approved readable.
    """

    __tablename__ = "review_rules"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    min_score: Mapped[float]
    # The mildest flag that keeps an application for a person: "low", "medium" or "high"; a high one always does.
    blocked_by: Mapped[str] = mapped_column(String(8), default="low")
    # What the dry run showed to the person who switched the rule on.
    dry_run: Mapped[dict[str, int]] = mapped_column(default=dict)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
