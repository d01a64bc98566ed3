"""Partnerships: what an approved prospect has with us, the people who act for it, and their keys to the portal."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone

PartnershipRef = Annotated[int, mapped_column(ForeignKey("partnerships.id", ondelete="CASCADE"), index=True)]
PersonRefOrNone = Annotated[int | None, mapped_column(ForeignKey("partner_people.id", ondelete="SET NULL"))]


class Partnership(Base):
    """The contract side of an approved prospect. It is in force while the prospect stands in a partner's stage."""

    __tablename__ = "partnerships"
    # The table ordered by tier walks along it.
    __table_args__ = (Index("ix_partnerships_tier", "program_id", "tier", "prospect_id"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), unique=True)
    tier: Mapped[str] = mapped_column(String(60), default="")
    account_manager_id: Mapped[UserRefOrNone] = mapped_column(index=True)
    # Who won them over, and what that person promised: the account manager reads it before the first call.
    recruiter_id: Mapped[UserRefOrNone]
    promised: Mapped[str] = mapped_column(Text, default="")
    handed_over_at: Mapped[datetime | None]
    # The version of the terms they accepted last, with the proof of it.
    terms_id: Mapped[int | None] = mapped_column(ForeignKey("program_terms.id", ondelete="RESTRICT"))
    terms_accepted_at: Mapped[datetime | None]
    terms_address: Mapped[str] = mapped_column(String(45), default="")
    # What the tracking platform or the shop calls them.
    external_id: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[CreatedAt]


class PartnerPerson(Base):
    """Somebody who acts for a partner. One who was taken out stays for what they did, and gets in no more."""

    __tablename__ = "partner_people"
    __table_args__ = (UniqueConstraint("partnership_id", "email"),)

    id: Mapped[Id]
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320), index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    role: Mapped[str] = mapped_column(String(120), default="")
    is_main: Mapped[bool] = mapped_column(default=False)
    # The language of their page and mails; "" until they have chosen one or done something on the page.
    language: Mapped[str] = mapped_column(String(8), default="")
    created_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None]


class PartnerLink(Base):
    """A mailed key to the portal, of one person; the mail holds the token, the database its hash."""

    __tablename__ = "partner_links"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("partner_people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]


class BroadcastOptOut(Base):
    """That an address wants no broadcasts of a program. Only its keyed hash is kept, so the wish outlives erasure."""

    __tablename__ = "broadcast_opt_outs"
    __table_args__ = (UniqueConstraint("program_id", "key"),)

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    # As app.services.suppressions.suppression_key makes it.
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[CreatedAt]
