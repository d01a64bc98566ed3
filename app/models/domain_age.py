"""Since when a domain has been registered, as its registry says; asked once, and again after a while."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, by_value


class AgeOutcome(StrEnum):
    """How asking for a domain's age ended."""

    WAITING = "waiting"
    KNOWN = "known"
    NOT_TOLD = "not_told"
    NO_REGISTRY = "no_registry"
    NOT_FOUND = "not_found"
    UNREACHABLE = "unreachable"
    OFF = "off"


class DomainAge(Base):
    """What is known of one domain's registration. `asked_at` is None until the registry has been asked."""

    __tablename__ = "domain_ages"

    id: Mapped[Id]
    domain: Mapped[str] = mapped_column(String(253), unique=True)
    outcome: Mapped[AgeOutcome] = mapped_column(by_value(AgeOutcome), default=AgeOutcome.WAITING)
    registered_on: Mapped[date | None]
    # In words, where it is not known.
    detail: Mapped[str] = mapped_column(String(300), default="")
    # Which server said so.
    source: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[CreatedAt]
    # When to ask next, None for not by itself. A worker sets it ahead, so that a dead one's row comes up again.
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]
