"""The product's own mail (invitations, reset links): a row each, sent at least once by the mail worker.

Claim, send, record (DESIGN section 4): the claim is a lease taken by compare-and-set, the sending happens with no
transaction open, and an attempt whose worker died is taken up again when its lease runs out.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.languages import mark
from app.models import Notice, NoticeState
from app.models.report_mail import NoticePart
from app.services.audit import record_audit
from app.services.care.opting_out import is_refused
from app.services.errors import Conflict, NotFound
from app.services.suppressions import suppressed_among

LEASE = timedelta(minutes=5)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30))
MAX_ATTEMPTS = len(BACKOFF) + 1
# Mail nobody asked for, to many at once: it respects the list to the last moment and is never repeated on a doubt.
UNASKED_KINDS = frozenset(
    {"partner_broadcast", "partner_reminder", "partner_terms", "wave_invitation", "wave_reminder"}
)
_LINK = re.compile(r"(/(?:reset|invitation|bot/opt-out|partner|application(?:/draft)?|reference)/)[\w-]{20,}")


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A notice that one worker holds for the length of its lease; `attempt` counts from 1."""

    id: int
    attempt: int
    to_address: str
    subject: str
    text: str
    is_unasked: bool = False
    unsubscribe_url: str = ""
    html: str = ""
    picture: bytes = b""


def post_notice(session: Session, *, kind: str, to_address: str, subject: str, text: str) -> Notice:
    """Put a mail on the list and wake the mail worker after the commit."""
    notice = Notice(kind=kind, to_address=to_address, subject=subject[:255], text=text)
    session.add(notice)
    session.flush()
    dispatch_after_commit(session, Job.SEND_NOTICES)
    return notice


def claim_notices(session: Session, *, limit: int = 10) -> list[ClaimedNotice]:
    """Take up to `limit` due notices, oldest first; each is this worker's alone until its lease runs out."""
    while True:
        due = session.scalars(
            select(Notice).where(due_condition()).order_by(Notice.not_before_at, Notice.id).limit(limit)
        ).all()
        left = [notice for notice in due if not _is_ended(session, notice)]
        claimed = [taken for notice in left if (taken := _claim(session, notice)) is not None]
        if claimed or len(left) == len(due):
            return claimed


def _is_ended(session: Session, notice: Notice) -> bool:
    """End a mail that nobody asked for and that may not leave (again); a person can look at it and send it."""
    if notice.kind not in UNASKED_KINDS:
        return False
    if notice.state is NoticeState.SENDING:
        why = mark(
            "Its worker died while handing it over: it may have left. See whether it arrived before sending it again."
        )
    elif suppressed_among(session, [notice.to_address]):
        why = mark("The address has come onto the do-not-mail list since this was written.")
    elif is_refused(session, notice.unsubscribe_url):
        why = mark("They have asked for no more broadcasts since this was written.")
    else:
        return False
    return _take(session, notice, state=NoticeState.FAILED, error=why, lease_until=None)


def _claim(session: Session, notice: Notice) -> ClaimedNotice | None:
    attempt = notice.attempts + 1
    if not _take(session, notice, state=NoticeState.SENDING, attempts=attempt, lease_until=now() + LEASE):
        return None
    part = session.get(NoticePart, notice.id)
    return ClaimedNotice(
        id=notice.id,
        attempt=attempt,
        to_address=notice.to_address,
        subject=notice.subject,
        text=notice.text,
        is_unasked=notice.kind in UNASKED_KINDS,
        unsubscribe_url=notice.unsubscribe_url,
        html=part.html if part else "",
        picture=part.picture if part else b"",
    )


def _take(session: Session, notice: Notice, **values: object) -> bool:
    """Change a notice where no other worker has, and say whether that was so."""
    taken = session.scalar(
        update(Notice)
        .where(Notice.id == notice.id, Notice.state == notice.state, Notice.attempts == notice.attempts)
        .values(**values)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def due_condition() -> ColumnElement[bool]:
    """Return what makes a notice due: its time has come, or the worker that held it is gone."""
    moment = now()
    return or_(
        and_(Notice.state == NoticeState.WAITING, Notice.not_before_at <= moment),
        and_(Notice.state == NoticeState.SENDING, Notice.lease_until < moment),
    )


def record_sent(session: Session, claimed: ClaimedNotice, *, kept: bool) -> bool:
    """Note that a notice left, or is kept in the outbox. Returns False where the lease had passed to another worker.

    A mail that left takes its link with it: the stored text keeps no key to an account.
    """
    return _record(
        session,
        claimed,
        state=NoticeState.SENT,
        sent_at=now(),
        error="",
        text=claimed.text if kept else without_links(claimed.text),
    )


def record_failure(session: Session, claimed: ClaimedNotice, *, cause: str, is_final: bool = False) -> bool:
    """Note why a notice did not leave, and when to try again; after the last attempt it waits for a person."""
    if is_final or claimed.attempt >= MAX_ATTEMPTS:
        return _record(session, claimed, state=NoticeState.FAILED, error=cause)
    again_at = now() + BACKOFF[claimed.attempt - 1]
    return _record(session, claimed, state=NoticeState.WAITING, error=cause, not_before_at=again_at)


def _record(session: Session, claimed: ClaimedNotice, **values: object) -> bool:
    recorded = session.scalar(
        update(Notice)
        .where(Notice.id == claimed.id, Notice.state == NoticeState.SENDING, Notice.attempts == claimed.attempt)
        .values(lease_until=None, **values)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return recorded is not None


def send_again(session: Session, notice_id: int, *, actor_id: int) -> None:
    """Put a failed notice back on the list. Raises NotFound, or Conflict where it is not failed."""
    changed = session.scalar(
        update(Notice)
        .where(Notice.id == notice_id, Notice.state == NoticeState.FAILED)
        .values(state=NoticeState.WAITING, attempts=0, not_before_at=now())
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        if session.get(Notice, notice_id) is None:
            raise NotFound(_("There is no such mail."))
        raise Conflict(_("This mail is not waiting for you: it was sent, or is being sent. Reload the page."))
    record_audit(session, "notice.sent_again", subject=f"notice:{notice_id}", actor_id=actor_id)
    dispatch_after_commit(session, Job.SEND_NOTICES)


def without_links(text: str) -> str:
    """Return a mail's text with the secret part of its links removed."""
    return _LINK.sub(r"\1(removed after sending)", text)
