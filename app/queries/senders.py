"""Senders as lists and screens show them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Sender
from app.queries.sending_rules import sending_lock


@dataclass(frozen=True, slots=True)
class UsableSender:
    """A sender that can be chosen; `lock` says why nothing leaves from it yet, "" where all is well."""

    id: int
    name: str
    address: str
    lock: str

    @property
    def label(self) -> str:
        """Return the sender as lists to choose from write it."""
        return f"{self.name} <{self.address}>{' (locked)' if self.lock else ''}"


def usable_senders(session: Session, program_id: int) -> list[UsableSender]:
    """Return the senders of a program that were not put away, by name."""
    rows = session.scalars(
        select(Sender).where(Sender.program_id == program_id, Sender.archived_at.is_(None)).order_by(Sender.name)
    )
    return [UsableSender(row.id, row.name, row.address, sending_lock(row)) for row in rows]
