"""How a person hears of their day outside the product, and what of it they put off."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, by_value


class DayMail(StrEnum):
    """How often the mail comes."""

    OFF = "off"
    WORKDAYS = "workdays"
    MONDAYS = "mondays"

    @property
    def label(self) -> str:
        """Return the choice as people read it."""
        return {"off": "Never", "workdays": "Monday to Friday", "mondays": "Mondays"}[self.value]


class DayChoices(Base):
    """One person's choices. The calendar's address holds a token, this row its hash; a new one ends the old one."""

    __tablename__ = "day_choices"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    calendar_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    mail: Mapped[DayMail] = mapped_column(by_value(DayMail), default=DayMail.OFF)
    mailed_on: Mapped[date | None]


class DaySnooze(Base):
    """One thing that a person does not want to see in their day until a moment; for everybody else it stays there."""

    __tablename__ = "day_snoozes"
    __table_args__ = (UniqueConstraint("user_id", "kind", "row_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    # A kind of the day, such as "application", and the id of its row there.
    kind: Mapped[str] = mapped_column(String(24))
    row_id: Mapped[int]
    until: Mapped[datetime]
