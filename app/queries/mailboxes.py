"""The mailboxes of SMTP senders that are read over IMAP, and which of them is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Mailbox, Sender, SenderTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMailbox:
    """A mailbox to be read: whose, and how far it was read."""

    sender_id: int
    uid_validity: int
    last_uid: int


def due_mailboxes(session: Session) -> list[DueMailbox]:
    """Return the mailboxes whose time has come, of senders that were not put away and have an IMAP server."""
    query = (
        select(Sender, Mailbox)
        .outerjoin(Mailbox, Mailbox.sender_id == Sender.id)
        .where(
            Sender.transport == SenderTransport.SMTP,
            Sender.archived_at.is_(None),
            or_(Mailbox.id.is_(None), Mailbox.not_before_at.is_(None), Mailbox.not_before_at <= now()),
        )
        .order_by(Sender.id)
    )
    return [
        DueMailbox(
            sender_id=sender.id,
            uid_validity=mailbox.uid_validity if mailbox else 0,
            last_uid=mailbox.last_uid if mailbox else 0,
        )
        for sender, mailbox in session.execute(query)
        if sender.connection.get("imap")
    ]


def are_mailboxes_due(session: Session) -> bool:
    """Say whether any mailbox ought to be read now."""
    return bool(due_mailboxes(session))


@dataclass(frozen=True, slots=True)
class MailboxState:
    """How a sender's mailbox fares, for the sender's page.

    `failure` says why it could not be read and what to do, "" where the last reading went well; `failures` how often in
    a row, `next_at` when it is read next.
    """

    checked_at: datetime | None
    failure: str
    failures: int = 0
    next_at: datetime | None = None


def mailbox_state(session: Session, sender_id: int) -> MailboxState | None:
    """Return how a sender's mailbox fares, None where it was never read."""
    row = session.scalar(select(Mailbox).where(Mailbox.sender_id == sender_id))
    return MailboxState(row.checked_at, row.failure, row.failures, row.not_before_at) if row else None


def broken_mailboxes(session: Session, sender_ids: Iterable[int]) -> dict[int, str]:
    """Return why the mailboxes of these senders could not be read the last time, those that could left out."""
    query = select(Mailbox.sender_id, Mailbox.failure).where(Mailbox.sender_id.in_(sender_ids), Mailbox.failure != "")
    return dict(session.execute(query).all())
