"""How far senders' mailboxes are read, and what went wrong with them the last time."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Mailbox
from app.services.received_mail import store_mail
from outreach.imap import FetchedMail, Watermark

EVERY = timedelta(minutes=3)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 3, 10, 30, 60))


def keep_fetched(session: Session, sender_id: int, mail: FetchedMail) -> bool:
    """Keep a mail together with how far the mailbox is read with it; returns whether it was new."""
    kept = store_mail(session, mail.raw, source=f"imap:{sender_id}") is not None
    _advance(_row(session, sender_id), mail.mark)
    session.flush()
    return kept


def record_fetched(session: Session, sender_id: int, mark: Watermark) -> None:
    """Note that a mailbox was read to this mark without trouble, and when it is read again."""
    row = _row(session, sender_id)
    _advance(row, mark)
    row.checked_at, row.not_before_at = now(), now() + EVERY
    row.failure, row.failures = "", 0
    session.flush()


def record_fetch_failure(session: Session, sender_id: int, *, cause: str) -> None:
    """Note why a mailbox could not be read, and when to try again."""
    row = _row(session, sender_id)
    row.checked_at, row.not_before_at = now(), now() + BACKOFF[min(row.failures, len(BACKOFF) - 1)]
    row.failure = cause[:2_000]
    row.failures += 1
    session.flush()


def _row(session: Session, sender_id: int) -> Mailbox:
    row = session.scalar(select(Mailbox).where(Mailbox.sender_id == sender_id))
    if row is None:
        row = Mailbox(sender_id=sender_id, uid_validity=0, last_uid=0, failures=0, failure="")
        session.add(row)
        session.flush()
    return row


def _advance(row: Mailbox, mark: Watermark) -> None:
    """Move the mark forward; under a new numbering, to wherever it is."""
    if row.uid_validity != mark.uid_validity:
        row.uid_validity, row.last_uid = mark.uid_validity, mark.last_uid
    row.last_uid = max(row.last_uid, mark.last_uid)
