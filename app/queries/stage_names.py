"""How programs call their stages, for screens that show several programs at once."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Program


def names_by_slug(session: Session) -> dict[str, Mapping[str, str]]:
    """Return the names (stage to name) of each program that gave any, by its slug."""
    rows = session.execute(select(Program.slug, Program.stage_names).where(Program.archived_at.is_(None)))
    return {row.slug: row.stage_names for row in rows if row.stage_names}
