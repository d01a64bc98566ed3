"""Looking after partners: results by month, changes of terms, compliance cases, broadcasts, work done together."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value
from app.models.partnership import PartnershipRef, PersonRefOrNone


class RevenueBand(StrEnum):
    """A month's revenue where nobody may or wants to say the amount; in the currency beside it."""

    NONE = "none"
    UNDER_1K = "under_1k"
    FROM_1K = "from_1k"
    FROM_5K = "from_5k"
    FROM_20K = "from_20k"
    FROM_100K = "from_100k"

    @property
    def label(self) -> str:
        """Return the band as people read it."""
        return _BANDS[self][0]

    @property
    def at_least_cents(self) -> int:
        """Return the lowest amount in the band, in hundredths of its currency."""
        return _BANDS[self][1]


_BANDS = {
    RevenueBand.NONE: ("nothing", 0),
    RevenueBand.UNDER_1K: ("under 1,000", 0),
    RevenueBand.FROM_1K: ("1,000 to 5,000", 100_000),
    RevenueBand.FROM_5K: ("5,000 to 20,000", 500_000),
    RevenueBand.FROM_20K: ("20,000 to 100,000", 2_000_000),
    RevenueBand.FROM_100K: ("100,000 and more", 10_000_000),
}


class ResultSource(StrEnum):
    """Who said what a partner brought."""

    HAND = "hand"
    CSV = "csv"
    PARTNER = "partner"
    API = "api"

    @property
    def label(self) -> str:
        """Return the source as people read it."""
        labels = {
            "hand": "entered here",
            "csv": "imported",
            "partner": "reported by the partner",
            "api": "over the API",
        }
        return labels[self.value]


class PartnerResult(Base):
    """What one partner brought in one month: an amount or a band of revenue, leads, or both."""

    __tablename__ = "partner_results"
    __table_args__ = (
        UniqueConstraint("partnership_id", "month"),
        Index("ix_partner_results_program_id_month", "program_id", "month"),
    )

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id", ondelete="CASCADE"))
    # The first day of the month it is about.
    month: Mapped[date]
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    band: Mapped[RevenueBand | None] = mapped_column(by_value(RevenueBand))
    currency: Mapped[str] = mapped_column(String(3), default="")
    leads: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    source: Mapped[ResultSource] = mapped_column(by_value(ResultSource))
    user_id: Mapped[UserRefOrNone]
    person_id: Mapped[PersonRefOrNone]
    # The import it came in by, and what stood here before it, so that an import can be taken back.
    batch: Mapped[str] = mapped_column(String(16), default="", index=True)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[CreatedAt]


class TermsChange(Base):
    """That partners are asked to accept a version of the terms by a day."""

    __tablename__ = "terms_changes"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    terms_id: Mapped[int] = mapped_column(ForeignKey("program_terms.id", ondelete="CASCADE"), unique=True)
    accept_by: Mapped[date]
    # What changed, in our words; it stands in the mail.
    summary: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class TermsNotice(Base):
    """That one partner was told of a change. The database holds that nobody is told twice for a version."""

    __tablename__ = "terms_notices"
    __table_args__ = (UniqueConstraint("change_id", "partnership_id"),)

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(ForeignKey("terms_changes.id", ondelete="CASCADE"))
    partnership_id: Mapped[PartnershipRef]
    person_id: Mapped[PersonRefOrNone]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id", ondelete="SET NULL"))
    sent_at: Mapped[CreatedAt]
    reminded_at: Mapped[datetime | None]


class TermsAcceptance(Base):
    """That somebody of a partner accepted a version: who, when, from which network address. Never edited."""

    __tablename__ = "terms_acceptances"
    __table_args__ = (UniqueConstraint("partnership_id", "terms_id"),)

    id: Mapped[Id]
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id", ondelete="CASCADE"))
    terms_id: Mapped[int] = mapped_column(ForeignKey("program_terms.id", ondelete="RESTRICT"))
    person_id: Mapped[PersonRefOrNone]
    address: Mapped[str] = mapped_column(String(45), default="")
    at: Mapped[datetime]


class CaseKind(StrEnum):
    """What is wrong on a partner's page."""

    BANNED_CLAIM = "banned_claim"
    MISSING_DISCLOSURE = "missing_disclosure"
    STALE_LINK = "stale_link"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the kind as people read it."""
        return {
            "banned_claim": "Banned claim",
            "missing_disclosure": "Missing disclosure",
            "stale_link": "Stale link",
            "other": "Something else",
        }[self.value]


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    NOTIFIED = "notified"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    TERMINATED = "terminated"

    @property
    def label(self) -> str:
        """Return the state as people read it."""
        return _CASE_LABELS[self]


_CASE_LABELS = {
    CaseState.OPEN: "Not told yet",
    CaseState.NOTIFIED: "Waiting for the partner",
    CaseState.ANSWERED: "Partner says it is fixed",
    CaseState.RESOLVED: "Resolved",
    CaseState.TERMINATED: "Closed as terminated",
}
OPEN_CASE_STATES = (CaseState.OPEN, CaseState.NOTIFIED, CaseState.ANSWERED)


class ComplianceCase(Base):
    """Something on a partner's page that their terms do not allow, with the quote as it stood there."""

    __tablename__ = "compliance_cases"
    __table_args__ = (Index("ix_compliance_cases_program_id_state", "program_id", "state", "fix_by"),)

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    partnership_id: Mapped[PartnershipRef]
    kind: Mapped[CaseKind] = mapped_column(by_value(CaseKind))
    state: Mapped[CaseState] = mapped_column(by_value(CaseState), default=CaseState.OPEN)
    # The evidence: copied, for the page changes and what was read of it may be deleted.
    url: Mapped[str] = mapped_column(String(2000), default="")
    quote: Mapped[str] = mapped_column(Text, default="")
    found_at: Mapped[datetime]
    site_change_id: Mapped[int | None] = mapped_column(ForeignKey("site_changes.id", ondelete="SET NULL"))
    # What we ask for; the partner reads it.
    wanted: Mapped[str] = mapped_column(Text)
    fix_by: Mapped[date | None]
    opened_by_id: Mapped[UserRefOrNone]
    opened_at: Mapped[CreatedAt]
    notified_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Counted up by every step; a stale number in a form means somebody else was faster.
    version: Mapped[int] = mapped_column(default=1)


class CaseStep(Base):
    """One step of a case: which state it led to, by whom of which side, in what words."""

    __tablename__ = "case_steps"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("compliance_cases.id", ondelete="CASCADE"), index=True)
    state: Mapped[CaseState] = mapped_column(by_value(CaseState))
    user_id: Mapped[UserRefOrNone]
    person_id: Mapped[PersonRefOrNone]
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[CreatedAt]


class PartnerTag(Base):
    """A word by which partners are grouped."""

    __tablename__ = "partner_tags"
    __table_args__ = (UniqueConstraint("partnership_id", "tag"),)

    id: Mapped[Id]
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(40), index=True)


class Broadcast(Base):
    """One mail to many partners. `segment` is what was chosen; a draft has no `sent_at`."""

    __tablename__ = "broadcasts"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    segment: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    sent_by_id: Mapped[UserRefOrNone]
    sent_at: Mapped[datetime | None]


class BroadcastPerson(Base):
    """Who a broadcast went to, or why it did not; the person's address stays with the person."""

    __tablename__ = "broadcast_people"
    __table_args__ = (UniqueConstraint("broadcast_id", "partnership_id", "person_id"),)

    id: Mapped[Id]
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id", ondelete="CASCADE"))
    partnership_id: Mapped[PartnershipRef]
    person_id: Mapped[PersonRefOrNone]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id", ondelete="SET NULL"))
    why_not: Mapped[str] = mapped_column(String(200), default="")


class JointKind(StrEnum):
    """What a partner and we do together."""

    WEBINAR = "webinar"
    GUEST_POST = "guest_post"
    CASE_STUDY = "case_study"
    CAMPAIGN = "campaign"
    EVENT = "event"
    INTRODUCTION = "introduction"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the kind as people read it."""
        return self.value.replace("_", " ").capitalize()


class JointActivity(Base):
    """A piece of co-marketing, or two partners introduced to each other: planned for a day, later what came of it."""

    __tablename__ = "joint_activities"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    partnership_id: Mapped[PartnershipRef]
    kind: Mapped[JointKind] = mapped_column(by_value(JointKind))
    # The other partner of an introduction.
    other_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    planned_on: Mapped[date]
    done_on: Mapped[date | None]
    canceled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(Text, default="")
    leads: Mapped[int | None]
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
