"""Column shapes that many rows share."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import Enum, ForeignKey, String
from sqlalchemy.orm import mapped_column

from app.clock import now

Id = Annotated[int, mapped_column(primary_key=True)]
CreatedAt = Annotated[datetime, mapped_column(default=now)]
UserRef = Annotated[int, mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))]
UserRefOrNone = Annotated[int | None, mapped_column(ForeignKey("users.id", ondelete="SET NULL"))]
CompanyRef = Annotated[int, mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)]
ProgramRef = Annotated[int, mapped_column(ForeignKey("programs.id", ondelete="CASCADE"), index=True)]
ProspectRef = Annotated[int, mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), index=True)]
CrawlRef = Annotated[int, mapped_column(ForeignKey("crawls.id", ondelete="CASCADE"), index=True)]


def by_value(kind: type[StrEnum], *, length: int = 24) -> Enum:
    """Return a column type that stores a StrEnum by its value as text, so that a new member needs no migration."""
    return Enum(kind, native_enum=False, length=length, values_callable=lambda members: [m.value for m in members])


# A rank is compared byte by byte everywhere: PostgreSQL would otherwise sort it by the server's language.
RankText = String(255).with_variant(String(255, collation="C"), "postgresql")
