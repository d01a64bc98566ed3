"""Reading a company's site: the crawl and its receipts, the pages, their passages and signals."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CompanyRef, CrawlRef, CreatedAt, Id, UserRefOrNone, by_value


class CrawlState(StrEnum):
    """How far a crawl is: fetch and read the pages, then embed their passages."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    EMBEDDING = "embedding"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


ACTIVE_CRAWL_STATES = (CrawlState.WAITING, CrawlState.READING, CrawlState.READ, CrawlState.EMBEDDING)


class Crawl(Base):
    """One reading of one site. The row is the job: its state says what is left to do, a lease who is doing it."""

    __tablename__ = "crawls"
    __table_args__ = (
        # One reading of a site at a time, held by the database, whoever asks for it.
        Index(
            "uq_crawls_active_company",
            "company_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'reading', 'read', 'embedding')"),
            postgresql_where=text("state IN ('waiting', 'reading', 'read', 'embedding')"),
        ),
        Index("ix_crawls_state", "state", "requested_at"),
    )

    id: Mapped[Id]
    company_id: Mapped[CompanyRef]
    state: Mapped[CrawlState] = mapped_column(by_value(CrawlState), default=CrawlState.WAITING)
    requested_by_id: Mapped[UserRefOrNone]
    requested_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    # What the reading came to, in the crawler's word (scrapers.crawl.SiteOutcome) and in a sentence for people.
    outcome: Mapped[str] = mapped_column(String(40), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    page_count: Mapped[int] = mapped_column(default=0)
    passage_count: Mapped[int] = mapped_column(default=0)


class FetchReceipt(Base):
    """What one request of a crawl came to; refusals leave one too."""

    __tablename__ = "fetch_receipts"

    id: Mapped[Id]
    crawl_id: Mapped[CrawlRef]
    url: Mapped[str] = mapped_column(String(2000))
    at: Mapped[CreatedAt]
    outcome: Mapped[str] = mapped_column(String(16))
    status: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(60), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    bytes: Mapped[int] = mapped_column(default=0)
    elapsed_ms: Mapped[int] = mapped_column(default=0)


class Page(Base):
    """The newest readable version of one page of a company's site."""

    __tablename__ = "pages"
    __table_args__ = (UniqueConstraint("company_id", "url"),)

    id: Mapped[Id]
    company_id: Mapped[CompanyRef]
    crawl_id: Mapped[CrawlRef]
    url: Mapped[str] = mapped_column(String(2000))
    kind: Mapped[str] = mapped_column(String(24), default="other")
    title: Mapped[str] = mapped_column(String(500), default="")
    language: Mapped[str | None] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    fetched_at: Mapped[CreatedAt]


class Passage(Base):
    """At most 120 words of a page: a character span of its text, with the vector that stands for its meaning."""

    __tablename__ = "passages"
    __table_args__ = (
        UniqueConstraint("page_id", "start", "end"),
        Index("ix_passages_content_hash_model_id", "content_hash", "model_id"),
    )

    id: Mapped[Id]
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    company_id: Mapped[CompanyRef]
    start: Mapped[int]
    end: Mapped[int]
    heading: Mapped[str | None] = mapped_column(String(500))
    content_hash: Mapped[str] = mapped_column(String(64))
    # float16, L2-normalized, little endian; another model's vectors are never compared with it.
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    model_id: Mapped[str] = mapped_column(String(120))


class Signal(Base):
    """A fact read off a site, with the sentence and page that show it."""

    __tablename__ = "signals"
    __table_args__ = (Index("ix_signals_name_value", "name", "value", "company_id"),)

    id: Mapped[Id]
    company_id: Mapped[CompanyRef]
    crawl_id: Mapped[CrawlRef]
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(300))
    quote: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(2000), default="")
    found_at: Mapped[CreatedAt]
