"""Files that our own people keep with a prospect: a deck, a signed paper, a list."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProspectRef, UserRefOrNone


class ProspectFile(Base):
    """A file of a prospect. One that was deleted can be brought back for some days, then it leaves the disk."""

    __tablename__ = "prospect_files"

    id: Mapped[Id]
    prospect_id: Mapped[ProspectRef]
    # The random name in the data folder; nothing of the file's own name ever reaches the disk.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    added_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]
    deleted_at: Mapped[datetime | None]
