"""The public page of a program: its offer, its questions, and the versions of its terms."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value


class ProgramPage(Base):
    """What strangers see of a program under /apply/<slug>, and whether it takes applications."""

    __tablename__ = "program_pages"

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"), unique=True)
    slug: Mapped[str] = mapped_column(String(63), unique=True)
    is_open: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime | None]
    headline: Mapped[str] = mapped_column(String(200), default="")
    # The offer in three answers: how much, how often it is paid, and for what.
    how_much: Mapped[str] = mapped_column(String(200), default="")
    how_often: Mapped[str] = mapped_column(String(200), default="")
    for_what: Mapped[str] = mapped_column(String(200), default="")
    details: Mapped[str] = mapped_column(Text, default="")
    tiers: Mapped[str] = mapped_column(Text, default="")
    brand_color: Mapped[str] = mapped_column(String(7), default="#3d54d6")
    # A PNG in the data folder, drawn by us; its own size in pixels, shown at half of it.
    logo_key: Mapped[str | None] = mapped_column(String(64), index=True, unique=True)
    logo_width: Mapped[int] = mapped_column(default=0)
    logo_height: Mapped[int] = mapped_column(default=0)
    # What the applicant is promised: an answer within so many days, and after a decline when to come back.
    answer_days: Mapped[int] = mapped_column(default=5)
    reapply_days: Mapped[int] = mapped_column(default=90)
    # The sites that may show the form in a frame, as origins such as https://harbor.example.
    embed_sites: Mapped[list[str]] = mapped_column(default=list)
    # Somebody of ours filled in the form and saw it work; the launch checklist asks for it.
    tried_at: Mapped[datetime | None]
    updated_at: Mapped[CreatedAt]


class ProgramTerms(Base):
    """One version of a program's terms. Never edited: an application keeps which one was accepted."""

    __tablename__ = "program_terms"
    __table_args__ = (UniqueConstraint("program_id", "version"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class QuestionKind(StrEnum):
    """What an answer may be."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    URL = "url"
    CONSENT = "consent"
    FILE = "file"

    @property
    def label(self) -> str:
        """Return the kind as people read it."""
        return "Web address" if self is QuestionKind.URL else self.value.capitalize()


class FormQuestion(Base):
    """A question of a program's form. One that was taken out stays for the answers it got."""

    __tablename__ = "form_questions"
    __table_args__ = (Index("ix_form_questions_program_id_position", "program_id", "position"),)

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(by_value(QuestionKind))
    label: Mapped[str] = mapped_column(String(200))
    help: Mapped[str] = mapped_column(String(500), default="")
    is_required: Mapped[bool] = mapped_column(default=False)
    options: Mapped[list[str]] = mapped_column(default=list)
    # Asked only where the choice question named here was answered like this.
    shown_when_id: Mapped[int | None] = mapped_column(ForeignKey("form_questions.id", ondelete="SET NULL"))
    shown_when_answer: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[CreatedAt]
    retired_at: Mapped[datetime | None]
