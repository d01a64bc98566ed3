"""The outbox screen: the product's own mail, what became of it, and what it says."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Notice, NoticeState

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One mail in the list."""

    id: int
    kind: str
    to_address: str
    subject: str
    state: NoticeState
    attempts: int
    error: str
    created_at: datetime
    not_before_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One mail with its text."""

    row: NoticeRow
    text: str


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """A page of mails, newest first; `next_before` is the id to go on from, None at the end."""

    rows: tuple[NoticeRow, ...]
    next_before: int | None
    counts: dict[NoticeState, int]


def outbox_page(session: Session, *, state: NoticeState | None = None, before: int | None = None) -> OutboxPage:
    """Return PAGE_SIZE mails older than `before`, of one state or of all."""
    query = select(Notice).order_by(Notice.id.desc()).limit(PAGE_SIZE + 1)
    if state is not None:
        query = query.where(Notice.state == state)
    if before is not None:
        query = query.where(Notice.id < before)
    found = session.scalars(query).all()
    shown = tuple(_row(notice) for notice in found[:PAGE_SIZE])
    counted = session.execute(select(Notice.state, func.count()).group_by(Notice.state))
    return OutboxPage(
        rows=shown,
        next_before=shown[-1].id if len(found) > PAGE_SIZE else None,
        counts={row[0]: row[1] for row in counted},
    )


def notice_page(session: Session, notice_id: int) -> NoticePage | None:
    """Return one mail with its text, or None where there is none."""
    notice = session.get(Notice, notice_id)
    return NoticePage(row=_row(notice), text=notice.text) if notice else None


def _row(notice: Notice) -> NoticeRow:
    return NoticeRow(
        id=notice.id,
        kind=notice.kind,
        to_address=notice.to_address,
        subject=notice.subject,
        state=notice.state,
        attempts=notice.attempts,
        error=notice.error,
        created_at=notice.created_at,
        not_before_at=notice.not_before_at,
        sent_at=notice.sent_at,
    )
