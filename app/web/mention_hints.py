"""What a writer is told about the people their text names."""

from flask import flash
from flask_login import current_user
from sqlalchemy.orm import Session

from app.services.notifying.mentions import mentions_in


def flash_mentions(session: Session, program_id: int, text: str) -> None:
    """Say who was told of a text, and who was not and why; nothing where it names nobody."""
    found = mentions_in(session, program_id, text)
    if hint := found.hint(writer_id=current_user.id):
        flash(hint, "success" if found.is_clear else "warning")
