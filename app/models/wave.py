"""Migration waves: partners of another platform on their way to this one, in weekly batches by value."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value


class WaveStatus(StrEnum):
    """How far a partner of the other platform has come."""

    PLANNED = "planned"
    INVITED = "invited"
    OPENED = "opened"
    ACCEPTED = "accepted"
    MOVED = "moved"
    REFUSED = "refused"
    LOST = "lost"

    @property
    def label(self) -> str:
        """Return the status as people read it."""
        return "Opened the link" if self is WaveStatus.OPENED else self.value.capitalize()


class ValueBasis(StrEnum):
    """What a partner's value is counted by."""

    REVENUE = "revenue"
    LEADS = "leads"


class WaveOrder(StrEnum):
    """How partners are dealt out to the weeks."""

    HIGHEST_FIRST = "highest_first"
    EVENLY = "evenly"


class WaveSource(StrEnum):
    """What made a change of a partner's status or wave."""

    HAND = "hand"
    FILE = "file"
    API = "api"
    MAIL = "mail"
    PARTNER = "partner"
    ONBOARDING = "onboarding"
    PLANNING = "planning"
    UNDO = "undo"


class MigrationPlan(Base):
    """How a program moves its partners: where from, the bands of value, how many a week, what the mails promise."""

    __tablename__ = "migration_plans"

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"), unique=True)
    # The platform the partners come from, as the mails call it.
    platform: Mapped[str] = mapped_column(String(60), default="")
    basis: Mapped[ValueBasis] = mapped_column(by_value(ValueBasis), default=ValueBasis.REVENUE)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    # The least value of each band but the last, highest first, in whole units of the basis.
    thresholds: Mapped[list[int]] = mapped_column(default=lambda: [10_000, 1_000])
    capacity: Mapped[int] = mapped_column(default=50)
    order: Mapped[WaveOrder] = mapped_column(by_value(WaveOrder), default=WaveOrder.HIGHEST_FIRST)
    message: Mapped[str] = mapped_column(Text, default="")
    incentive: Mapped[str] = mapped_column(Text, default="")
    incentive_days: Mapped[int] = mapped_column(default=30)
    remind_days: Mapped[int] = mapped_column(default=5)
    stuck_days: Mapped[int] = mapped_column(default=10)
    updated_at: Mapped[CreatedAt]


class Wave(Base):
    """A batch of partners invited in one week. What was promised is kept as it was when the first mail left."""

    __tablename__ = "waves"
    __table_args__ = (UniqueConstraint("program_id", "number"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    number: Mapped[int]
    starts_on: Mapped[date]
    # The act of planning that made it: taking that back takes the wave back too.
    act: Mapped[str] = mapped_column(String(16), default="")
    incentive: Mapped[str] = mapped_column(Text, default="")
    expires_on: Mapped[date | None]
    sent_at: Mapped[datetime | None]
    # Who sent it approves, by that, those who accept.
    sent_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class WavePartner(Base):
    """A partner of the other platform: what they are worth, their wave, and how far they are."""

    __tablename__ = "wave_partners"
    __table_args__ = (
        Index("ix_wave_partners_program_id_status", "program_id", "status"),
        Index("ix_wave_partners_program_id_external_id", "program_id", "external_id"),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), unique=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id", ondelete="SET NULL"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id", ondelete="SET NULL"), index=True)
    # What the other platform calls them.
    external_id: Mapped[str] = mapped_column(String(200), default="")
    revenue_cents: Mapped[int | None] = mapped_column(BigInteger)
    leads: Mapped[int | None]
    status: Mapped[WaveStatus] = mapped_column(by_value(WaveStatus), default=WaveStatus.PLANNED)
    status_at: Mapped[datetime] = mapped_column(default=now)
    # Counted up by every change, so that a stale form is noticed.
    version: Mapped[int] = mapped_column(default=1)
    invited_at: Mapped[datetime | None]
    # The last day on which accepting earns what the wave promised.
    incentive_until: Mapped[date | None]
    reminded_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class WaveLink(Base):
    """A mailed key to the page on which a partner accepts; the mail holds the token, the database its hash."""

    __tablename__ = "wave_links"

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("wave_partners.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # The address it was mailed to, as a keyed hash: whoever else is written to by now is not let in by it.
    email_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]


class WaveImport(Base):
    """That an import brings partners of another platform: which one, and what its columns mean here."""

    __tablename__ = "wave_imports"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"), unique=True)
    platform: Mapped[str] = mapped_column(String(24), default="")
    # Heading -> wave field, in file order; the import's own columns hold the part that it knows.
    columns: Mapped[dict[str, str]] = mapped_column(default=dict)
    entered_at: Mapped[datetime | None]


class WaveEvent(Base):
    """One change of a partner's status or wave; what was done in one go shares its act, by which it is undone."""

    __tablename__ = "wave_events"

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("wave_partners.id", ondelete="CASCADE"), index=True)
    act: Mapped[str] = mapped_column(String(16), default="", index=True)
    source: Mapped[WaveSource] = mapped_column(by_value(WaveSource))
    from_status: Mapped[WaveStatus] = mapped_column(by_value(WaveStatus))
    to_status: Mapped[WaveStatus] = mapped_column(by_value(WaveStatus))
    from_wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id", ondelete="SET NULL"))
    to_wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id", ondelete="SET NULL"))
    stage_change_id: Mapped[int | None] = mapped_column(ForeignKey("stage_changes.id", ondelete="SET NULL"))
    by_user_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]
