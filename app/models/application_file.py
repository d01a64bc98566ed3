"""Files that applicants uploaded: where each lies, what it is, and whose application it belongs to."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef


class ApplicationFile(Base):
    """An uploaded file. It waits a day for its form to be sent; without an application it is then deleted."""

    __tablename__ = "application_files"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("form_questions.id", ondelete="SET NULL"))
    # The form carries the key of a file that is kept already, so that a form with an error elsewhere loses none.
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # The random name in the data folder; nothing of the file's own name ever reaches the disk.
    stored_name: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[CreatedAt]
