"""The tiers of a program: what partners of each get and are asked for, how one gets in, and terms of its own."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, UserRefOrNone
from app.models.partnership import PersonRefOrNone

MAX_TIER = 60


class Tier(Base):
    """A tier of a program; the first position is where partners begin. A retired one is given to nobody any more.

    Partnerships, templates, resources and rules of staying in touch say a tier by its name; `key` is the name as people
    compare it. Without `least_cents` and `least_leads` nothing of the results leads in: it is given by hand.
    """

    __tablename__ = "tiers"
    __table_args__ = (UniqueConstraint("program_id", "key"),)

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(MAX_TIER))
    # In small letters a letter may become three.
    key: Mapped[str] = mapped_column(String(3 * MAX_TIER))
    position: Mapped[int]
    commission: Mapped[str] = mapped_column(String(200), default="")
    benefits: Mapped[list[str]] = mapped_column(default=list)
    # What a partner's results must reach in this month and so many before it.
    months: Mapped[int] = mapped_column(default=3)
    least_cents: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="")
    least_leads: Mapped[int | None]
    # One of the two is enough where both are asked for.
    is_either: Mapped[bool] = mapped_column(default=False)
    # Each `kpi`, `unit`, `target` and `days` until it is due; a partner who enters gets them.
    goals: Mapped[list[Any]] = mapped_column(default=list)
    # Counts what was changed of all that stands above, so that nobody puts back what another one just changed.
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    retired_at: Mapped[datetime | None]


class TierTerms(Base):
    """One version of what partners of a tier agree to beside the program's terms. Never edited; "" ends them."""

    __tablename__ = "tier_terms"
    __table_args__ = (UniqueConstraint("tier_id", "version"),)

    id: Mapped[Id]
    tier_id: Mapped[int] = mapped_column(ForeignKey("tiers.id", ondelete="CASCADE"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class TierTermsAcceptance(Base):
    """That somebody of a partner accepted a version: who, when, from which network address. Never edited."""

    __tablename__ = "tier_terms_acceptances"
    __table_args__ = (UniqueConstraint("partnership_id", "terms_id"),)

    id: Mapped[Id]
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id", ondelete="CASCADE"))
    terms_id: Mapped[int] = mapped_column(ForeignKey("tier_terms.id", ondelete="RESTRICT"))
    person_id: Mapped[PersonRefOrNone]
    address: Mapped[str] = mapped_column(String(45), default="")
    at: Mapped[CreatedAt]
