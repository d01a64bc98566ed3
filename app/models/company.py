"""Companies and the people at them, each value with where it came from."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CompanyRef, CreatedAt, Id, UserRefOrNone, by_value
from app.models.crawl import CrawlState


class Company(Base):
    """An organization, unique by registrable domain; crawled and embedded once, whoever recruits it."""

    __tablename__ = "companies"
    __table_args__ = (
        Index("ix_companies_name", "name", "id"),
        Index("ix_companies_crawl_state", "crawl_state"),
        Index("ix_companies_country", "country", "id"),
        Index("ix_companies_language", "language", "id"),
    )

    id: Mapped[Id]
    domain: Mapped[str] = mapped_column(String(253), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    website: Mapped[str] = mapped_column(String(2000))
    country: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]
    # The site's owner asked not to be read; the crawler stays away from then on.
    opted_out_at: Mapped[datetime | None]
    # The newest crawl's state and outcome, repeated here so that a board of thousands needs no look at the crawls.
    crawl_state: Mapped[CrawlState | None] = mapped_column(by_value(CrawlState))
    crawl_outcome: Mapped[str] = mapped_column(String(40), default="")


class Provenance(StrEnum):
    """Where a value came from."""

    PAGE = "page"
    IMPORT = "import"
    APPLICATION = "application"
    HAND = "hand"


class ContactField(StrEnum):
    """What a contact value is."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    SOCIAL = "social"
    ROLE = "role"


# How the key of a contact begins whose person was erased.
ERASED = "erased:"


class Contact(Base):
    """A person (or a shared mailbox) at a company. What is known of it stands in its values."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("company_id", "key"),)

    id: Mapped[Id]
    company_id: Mapped[CompanyRef]
    # What makes two finds the same contact: the normalized e-mail, else "kind:value". Held unique by the database.
    key: Mapped[str] = mapped_column(String(340))
    created_at: Mapped[CreatedAt]


class ContactValue(Base):
    """One value of a contact with its provenance: the page, the import, the application or the hand it came from."""

    __tablename__ = "contact_values"
    __table_args__ = (
        UniqueConstraint("contact_id", "field", "value"),
        Index("ix_contact_values_field_value", "field", "value"),
    )

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    field: Mapped[ContactField] = mapped_column(by_value(ContactField))
    value: Mapped[str] = mapped_column(String(500))
    provenance: Mapped[Provenance] = mapped_column(by_value(Provenance))
    # The page's address, the import's file name, or empty where a hand typed it.
    source: Mapped[str] = mapped_column(String(2000), default="")
    found_at: Mapped[CreatedAt]
    entered_by_id: Mapped[UserRefOrNone]
