"""Approval of first mails: a person reads, edits, approves or skips before anything leaves."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import Message


@dataclass(frozen=True, slots=True)
class Words:
    """A mail as a person left it."""

    subject: str
    text: str
    html: str = ""


def approve(session: Session, message_id: int, *, by_user_id: int, edited: Words | None = None) -> Message:
    """Let a waiting mail go, as composed or as edited. Raises NotFound, or Conflict where it waits for nobody."""
    raise NotImplementedError
