"""Reports that people have sent to them by mail, and what a notice holds beside its text."""

from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, by_value


class Rhythm(StrEnum):
    """How often a report comes."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """Return it as people read it."""
        return {"weekly": "Every Monday", "monthly": "On the 1st of each month"}[self.value]


class ReportMail(Base):
    """One report that one person gets, with the filters it was asked for with."""

    __tablename__ = "report_mails"
    __table_args__ = (UniqueConstraint("user_id", "program_id", "report"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    program_id: Mapped[ProgramRef]
    report: Mapped[str] = mapped_column(String(20))
    # The address's parameters as they stand behind its question mark.
    query: Mapped[str] = mapped_column(Text, default="")
    rhythm: Mapped[Rhythm] = mapped_column(by_value(Rhythm))
    # The week or month that it was posted for last ("2026-W47", "2026-11"): taken by compare-and-set, so once each.
    posted_for: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[CreatedAt]


class NoticePart(Base):
    """The HTML of a notice and the picture it shows, under the name that the HTML calls it by (`cid:`)."""

    __tablename__ = "notice_parts"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True)
    html: Mapped[str] = mapped_column(Text)
    picture: Mapped[bytes] = mapped_column(LargeBinary)
