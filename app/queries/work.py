"""Which doorbells ought to ring: whether a work list holds rows that nobody works on."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, text
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job
from app.models import (
    Backtest,
    BacktestState,
    BatchState,
    Crawl,
    CrawlState,
    Discovery,
    DiscoveryState,
    FitState,
    ImportBatch,
    MailState,
    Message,
    MessageState,
    Notice,
    NoticeState,
    Passage,
    PostState,
    Prospect,
    ProviderPost,
    ReceivedMail,
)
from app.models.domain_age import DomainAge
from app.queries.mailboxes import are_mailboxes_due

# Younger rows were rung for by the transaction that made them, or are being claimed right now.
GRACE = timedelta(seconds=20)


def doorbells_to_ring(session: Session) -> list[Job]:
    """Return the jobs whose tables hold work: waiting for longer than GRACE, or left behind by a dead worker."""
    before = now() - GRACE
    crawls = or_(
        (Crawl.state == CrawlState.WAITING) & (Crawl.requested_at < before),
        (Crawl.state == CrawlState.READING) & (Crawl.lease_until < now()),
    )
    sources = or_(
        (Discovery.state == DiscoveryState.WAITING) & (Discovery.requested_at < before),
        (Discovery.state == DiscoveryState.READING) & (Discovery.lease_until < now()),
    )
    sites = or_(
        (Crawl.state == CrawlState.READ) & (Crawl.read_at < before),
        (Crawl.state == CrawlState.EMBEDDING) & (Crawl.lease_until < now()),
    )
    scores = or_(
        (Prospect.fit_state == FitState.WAITING) & (Prospect.fit_requested_at < before),
        (Prospect.fit_state == FitState.SCORING) & (Prospect.fit_lease_until < now()),
    )
    notices = or_(
        (Notice.state == NoticeState.WAITING) & (Notice.not_before_at < before),
        (Notice.state == NoticeState.SENDING) & (Notice.lease_until < now()),
    )
    backtests = or_(
        (Backtest.state == BacktestState.WAITING) & (Backtest.requested_at < before),
        (Backtest.state == BacktestState.RUNNING) & (Backtest.lease_until < now()),
    )
    found = {
        Job.DRAIN_CRAWLS: _any(session, crawls) or _any(session, sources) or _any(session, DomainAge.due_at < before),
        Job.DRAIN_FIT: _any(session, sites) or _any(session, scores),
        Job.SEND_NOTICES: _any(session, notices),
        Job.RUN_BACKTESTS: _any(session, backtests),
        Job.DRAIN_MAIL: _any(session, _mail_left_behind(before)),
        Job.READ_POSTS: _any(session, (ProviderPost.state == PostState.WAITING) & (ProviderPost.received_at < before)),
        Job.READ_MAIL: _any(session, (ReceivedMail.state == MailState.WAITING) & (ReceivedMail.received_at < before)),
        Job.FETCH_IMAP: are_mailboxes_due(session),
    }
    return [job for job, is_needed in found.items() if is_needed]


def _mail_left_behind(before: datetime) -> ColumnElement[bool]:
    """Mail whose time came a while ago; the condition in words is what lets SQLite use the index of open messages."""
    return and_(
        text("messages.state IN ('planned', 'claimed', 'handing_over', 'retry_wait', 'uncertain')"),
        Message.state.in_((MessageState.PLANNED, MessageState.RETRY_WAIT)),
        Message.not_before_at < before,
        or_(Message.needs_approval.is_(False), Message.approved_by_id.is_not(None)),
    )


def imports_left_behind(session: Session) -> list[int]:
    """Return the imports whose worker died or whose doorbell was lost."""
    return list(
        session.scalars(
            select(ImportBatch.id).where(
                ImportBatch.state.in_((BatchState.CHECKING, BatchState.IMPORTING, BatchState.UNDOING)),
                or_(
                    ImportBatch.lease_until < now(),
                    ImportBatch.lease_until.is_(None) & (ImportBatch.created_at < now() - GRACE),
                ),
            )
        )
    )


def is_worth_loading_the_model(session: Session) -> bool:
    """Say whether anything could need the embedding model: a site that was read, or a score that was asked for."""
    unread = Crawl.state.in_((CrawlState.READ, CrawlState.EMBEDDING))
    unscored = Prospect.fit_state.in_((FitState.WAITING, FitState.SCORING))
    return _any(session, Passage.id.is_not(None)) or _any(session, unread) or _any(session, unscored)


def _any(session: Session, condition: ColumnElement[bool]) -> bool:
    return bool(session.scalar(select(exists().where(condition))))
