"""Fields that a program adds to its prospects, and what stands in them."""

import struct
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, RankText, UserRefOrNone, by_value


def number_key(value: float) -> str:
    """Return the text whose byte order is the order of numbers: IEEE 754 orders like an integer once negative numbers
    are turned around.
    """
    (bits,) = struct.unpack(">Q", struct.pack(">d", value + 0.0))
    return f"{bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63):016x}"


class FieldKind(StrEnum):
    """What a field holds; app.services.custom_field_values reads and writes each."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    URL = "url"
    YES_NO = "yes_no"

    @property
    def label(self) -> str:
        """Return the kind as people read it."""
        return {"url": "Web address", "yes_no": "Yes or no"}.get(self.value, self.value.capitalize())


class CustomField(Base):
    """A field of a program's prospects. One that is archived is shown nowhere; its values stay."""

    __tablename__ = "custom_fields"
    __table_args__ = (Index("ix_custom_fields_program_id_position", "program_id", "position"),)

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    kind: Mapped[FieldKind] = mapped_column(by_value(FieldKind))
    label: Mapped[str] = mapped_column(String(80))
    help: Mapped[str] = mapped_column(String(300), default="")
    options: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int]
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    archived_at: Mapped[datetime | None]


class CustomValue(Base):
    """What stands in a field of a prospect; an empty one has no row.

    `value` is normalized text: a decimal number, an ISO date, an address, `yes` or `no`. `sort_key` orders the values
    of one field byte by byte, so that a table of any length is walked along the index in order.
    """

    __tablename__ = "custom_values"
    __table_args__ = (
        UniqueConstraint("prospect_id", "field_id"),
        Index("ix_custom_values_sort", "field_id", "sort_key", "prospect_id"),
    )

    id: Mapped[Id]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"))
    field_id: Mapped[int] = mapped_column(ForeignKey("custom_fields.id", ondelete="CASCADE"))
    value: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(RankText)
