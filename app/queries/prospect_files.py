"""The files that are kept with a prospect, the newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import User
from app.models.prospect_file import ProspectFile


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file as the page lists it."""

    id: int
    filename: str
    media_type: str
    size_bytes: int
    added_by: str | None
    created_at: datetime


def kept_files(session: Session, prospect_id: int) -> list[KeptFile]:
    """Return the files of a prospect that were not deleted, in one query."""
    rows = session.execute(
        select(
            ProspectFile.id,
            ProspectFile.filename,
            ProspectFile.media_type,
            ProspectFile.size_bytes,
            User.name,
            ProspectFile.created_at,
        )
        .outerjoin(User, User.id == ProspectFile.added_by_id)
        .where(ProspectFile.prospect_id == prospect_id, ProspectFile.deleted_at.is_(None))
        .order_by(ProspectFile.id.desc())
    )
    return [KeptFile(*row) for row in rows]
