"""How a person hears of their day outside the product: a calendar they subscribe to, a mail in the morning."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, String
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
