"""Imports: a file, the verdict on each of its rows, and what became of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value


class BatchState(StrEnum):
    """How far an import is: checked row by row first, written only when a person says so."""

    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"
    UNDOING = "undoing"
    UNDONE = "undone"


class CollisionRule(StrEnum):
    """What a column's value does where the company or prospect has one already."""

    KEEP = "keep"
    FILL = "fill"
    REPLACE = "replace"

    @property
    def label(self) -> str:
        """Return the rule as people read it."""
        return {"keep": "Keep what is there", "fill": "Fill in what is empty", "replace": "Replace what is there"}[self]


class RowVerdict(StrEnum):
    """What the dry run says of a row, and what the import did with it."""

    NEW = "new"
    NEW_IN_PROGRAM = "new_in_program"
    KNOWN = "known"
    REPEATED = "repeated"
    BAD = "bad"


class ImportBatch(Base):
    """One imported file. Its text is kept until the import is done, so that a restarted worker can go on."""

    __tablename__ = "import_batches"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    created_by_id: Mapped[UserRefOrNone]
    filename: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    encoding: Mapped[str] = mapped_column(String(40), default="")
    delimiter: Mapped[str] = mapped_column(String(4), default=",")
    # Heading -> field name ("" = kept as an extra column), in file order; the import reads rows as the dry run did.
    columns: Mapped[dict[str, str]] = mapped_column(default=dict)
    # Heading -> collision rule; a heading without one fills what is empty.
    rules: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    # The file whose columns were remembered and taken for this one; empty where they were read off the headings.
    columns_from: Mapped[str] = mapped_column(String(255), default="", server_default="")
    state: Mapped[BatchState] = mapped_column(by_value(BatchState), default=BatchState.CHECKING)
    detail: Mapped[str] = mapped_column(Text, default="")
    row_count: Mapped[int] = mapped_column(default=0)
    done_count: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    # Claims since the last chunk that was written: a file that ends its worker again and again is set aside.
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    # What the undo did, by `removed`, `kept`, `put_back` and `stayed`; empty where there was none.
    undo: Mapped[dict[str, int]] = mapped_column(default=dict, server_default="{}")
    undone_by_id: Mapped[UserRefOrNone]


class ImportRow(Base):
    """One row of the file: what was read, the verdict in words, and the prospect it led to."""

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("batch_id", "line"),
        Index("ix_import_rows_batch_id_verdict", "batch_id", "verdict"),
    )

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"))
    line: Mapped[int]
    fields: Mapped[dict[str, str]]
    domain: Mapped[str] = mapped_column(String(253), default="")
    verdict: Mapped[RowVerdict] = mapped_column(by_value(RowVerdict))
    message: Mapped[str] = mapped_column(Text, default="")
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id", ondelete="SET NULL"), index=True)


class ImportChange(Base):
    """One thing an import wrote beside a new company or prospect, so that undo can take back just that.

    `kind` names the table that a row was added to, or `value` where a value was replaced or filled in; `field` is then
    its name. Of an added row `after` is a digest of it as it was added, so that a later edit is seen.
    """

    __tablename__ = "import_changes"
    __table_args__ = (Index("ix_import_changes_batch_id", "batch_id", "id"),)

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int | None]
    field: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)


class ImportPreset(Base):
    """What a person said the columns of a file mean, remembered for the next file with the same headings."""

    __tablename__ = "import_presets"
    __table_args__ = (UniqueConstraint("program_id", "headings"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    # A digest of the folded headings in file order.
    headings: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(255))
    columns: Mapped[dict[str, str]] = mapped_column(default=dict)
    rules: Mapped[dict[str, str]] = mapped_column(default=dict)
    saved_by_id: Mapped[UserRefOrNone]
    saved_at: Mapped[CreatedAt]
