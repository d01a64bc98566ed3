"""Change watch: when a site is read again, what changed on it, and how much a score must move to make a task."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CompanyRef, CrawlRef, CreatedAt, Id, UserRefOrNone, by_value


class ChangeKind(StrEnum):
    """What happened to a page between two readings of a site."""

    PAGE_ADDED = "page_added"
    PAGE_CHANGED = "page_changed"
    PAGE_GONE = "page_gone"


class SiteChange(Base):
    """What one re-reading found different on one page: passages taken away and put in, word for word and bounded."""

    __tablename__ = "site_changes"
    __table_args__ = (Index("ix_site_changes_company_id_at", "company_id", "at"),)

    id: Mapped[Id]
    company_id: Mapped[CompanyRef]
    crawl_id: Mapped[CrawlRef]
    kind: Mapped[ChangeKind] = mapped_column(by_value(ChangeKind))
    url: Mapped[str] = mapped_column(String(2000))
    title: Mapped[str] = mapped_column(String(500), default="")
    # Why a page counts as gone, in the crawler's words.
    reason: Mapped[str] = mapped_column(String(500), default="")
    removed: Mapped[list[str]] = mapped_column(default=list)
    added: Mapped[list[str]] = mapped_column(default=list)
    # How many there were in all; the lists above are cut.
    removed_count: Mapped[int] = mapped_column(default=0)
    added_count: Mapped[int] = mapped_column(default=0)
    old_hash: Mapped[str] = mapped_column(String(64), default="")
    new_hash: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[CreatedAt]


class SiteWatch(Base):
    """When a company's site is to be looked at again."""

    __tablename__ = "site_watches"

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), unique=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


class WatchRule(Base):
    """By how many points a score must move after a re-reading to make a task in one program."""

    __tablename__ = "watch_rules"

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"), unique=True)
    points: Mapped[float]
    set_by_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]


class OptOutState(StrEnum):
    """Where a site owner's request stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"


class OptOutRequest(Base):
    """A request on the public page to keep the crawler away, until the owner's mailbox confirms it; token hashed."""

    __tablename__ = "opt_out_requests"
    __table_args__ = (Index("ix_opt_out_requests_domain_created_at", "domain", "created_at"),)

    id: Mapped[Id]
    domain: Mapped[str] = mapped_column(String(253))
    email: Mapped[str] = mapped_column(String(320))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[OptOutState] = mapped_column(by_value(OptOutState), default=OptOutState.WAITING)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
