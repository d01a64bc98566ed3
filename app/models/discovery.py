"""Discover: a source searched for companies, what it gave, whom a program competes with, and who links where."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value


class DiscoveryState(StrEnum):
    """How far a discovery is. A pasted list is `found` at once; an address waits for the crawler first."""

    WAITING = "waiting"
    READING = "reading"
    FOUND = "found"
    FAILED = "failed"
    CANCELED = "canceled"


ACTIVE_DISCOVERY_STATES = (DiscoveryState.WAITING, DiscoveryState.READING)


class Discovery(Base):
    """One search of one source. The row is the job: its state says what is left to do, a lease who is doing it."""

    __tablename__ = "discoveries"
    __table_args__ = (Index("ix_discoveries_state", "state", "requested_at"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    created_by_id: Mapped[UserRefOrNone]
    # Empty for a pasted list.
    address: Mapped[str] = mapped_column(String(2000), default="")
    # What a person calls it, or the title of the page that was read.
    title: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[DiscoveryState] = mapped_column(by_value(DiscoveryState), default=DiscoveryState.WAITING)
    detail: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[CreatedAt]
    requested_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    pages_read: Mapped[int] = mapped_column(default=0)
    pages_planned: Mapped[int] = mapped_column(default=0)
    found_count: Mapped[int] = mapped_column(default=0)
    # What each request came to, refusals too, oldest first: url, at, outcome, status, detail.
    receipts: Mapped[list[Any]] = mapped_column(default=list)


class DiscoveryCandidate(Base):
    """One company a source named, or a link of it that is no company, with the reason in `skipped`."""

    __tablename__ = "discovery_candidates"
    __table_args__ = (UniqueConstraint("discovery_id", "domain"),)

    id: Mapped[Id]
    discovery_id: Mapped[int] = mapped_column(ForeignKey("discoveries.id", ondelete="CASCADE"))
    position: Mapped[int]
    domain: Mapped[str] = mapped_column(String(253))
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000))
    found_on: Mapped[str] = mapped_column(String(2000), default="")
    context: Mapped[str] = mapped_column(Text, default="")
    skipped: Mapped[str] = mapped_column(String(200), default="")
    # The prospect this import led to; `is_added` where it made it, so that undo knows what it may take back.
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id", ondelete="SET NULL"), index=True)
    is_added: Mapped[bool] = mapped_column(default=False)


class Competitor(Base):
    """A company a program competes with: whoever links to it may be worth recruiting."""

    __tablename__ = "competitors"
    __table_args__ = (UniqueConstraint("program_id", "domain"), Index("ix_competitors_domain", "domain"))

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    domain: Mapped[str] = mapped_column(String(253))
    name: Mapped[str] = mapped_column(String(200))
    added_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class PageLink(Base):
    """A saved page's link to somebody else's domain, with the words around it. One row per site and domain."""

    __tablename__ = "page_links"
    __table_args__ = (
        UniqueConstraint("company_id", "target_domain"),
        Index("ix_page_links_target_domain", "target_domain"),
    )

    id: Mapped[Id]
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    # No index of its own: the unique one starts with it.
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    target_domain: Mapped[str] = mapped_column(String(253))
    url: Mapped[str] = mapped_column(String(2000))
    text: Mapped[str] = mapped_column(String(300), default="")
    quote: Mapped[str] = mapped_column(Text, default="")
