"""Crawls: asking for a site to be read, claiming the work, recording what came of it.

The rows are the work list. A worker claims one in a short transaction, reads with no transaction open, and records
in another short one; a claim is a lease, so that the work of a killed worker is taken up again.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.models import ACTIVE_CRAWL_STATES, Company, Crawl, CrawlState, FetchReceipt
from app.services.audit import record_audit
from app.services.errors import Conflict, NotFound
from scrapers.report import Receipt

LEASE = timedelta(seconds=180)
MAX_ATTEMPTS = 3
FINISHED_STATES = (CrawlState.DONE, CrawlState.FAILED, CrawlState.CANCELED)


@dataclass(frozen=True, slots=True)
class ClaimedCrawl:
    """A crawl that this worker holds the lease of."""

    id: int
    company_id: int
    website: str


def request_crawl(session: Session, company_id: int, *, requested_by_id: int | None = None) -> Crawl:
    """Ask for a company's site to be read; where a reading is under way already, return that one."""
    active = _active_crawl(session, company_id)
    if active is not None:
        return active
    crawl = Crawl(company_id=company_id, requested_by_id=requested_by_id)
    try:
        with session.begin_nested():
            session.add(crawl)
    except IntegrityError:
        # Somebody asked between our look and our insert; the partial unique index keeps it at one.
        return session.scalars(_active(company_id)).one()
    _show_on_company(session, crawl)
    dispatch_after_commit(session, Job.DRAIN_CRAWLS)
    return crawl


def retry_crawl(session: Session, company_id: int, *, requested_by_id: int | None) -> Crawl:
    """Read a company's site again because a person asked."""
    crawl = request_crawl(session, company_id, requested_by_id=requested_by_id)
    record_audit(session, "crawl.requested", subject=f"company:{company_id}", actor_id=requested_by_id)
    return crawl


def cancel_crawl(session: Session, crawl_id: int, *, by_user_id: int | None) -> None:
    """Stop a crawl that has not ended; the page being read is the last one.

    Raises NotFound where there is no such crawl and Conflict where it has ended already.
    """
    crawl = session.get(Crawl, crawl_id)
    if crawl is None:
        raise NotFound(_("There is no such crawl."))
    if crawl.state not in ACTIVE_CRAWL_STATES:
        raise Conflict(_("This site has been read already; there is nothing left to cancel."))
    finish_crawl(session, crawl, CrawlState.CANCELED, outcome="canceled", detail="Canceled by a person.")
    record_audit(session, "crawl.canceled", subject=f"company:{crawl.company_id}", actor_id=by_user_id)


def claim_crawl(session: Session) -> ClaimedCrawl | None:
    """Take the oldest crawl that waits, or whose worker's lease ran out, and hold it for LEASE; None if there is none.

    A site whose reading ended a worker MAX_ATTEMPTS times is set to failed instead, so that it cannot end them all; so
    is one whose owner opted out, whoever asked for it: this is the one gate that every reading passes.
    """
    while True:
        crawl = session.scalar(
            select(Crawl)
            .where(
                or_(
                    Crawl.state == CrawlState.WAITING,
                    (Crawl.state == CrawlState.READING) & (Crawl.lease_until < now()),
                )
            )
            .order_by(Crawl.requested_at, Crawl.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if crawl is None:
            return None
        company = session.get_one(Company, crawl.company_id)
        if company.opted_out_at is not None:
            _stay_away(session, crawl)
        elif crawl.attempts < MAX_ATTEMPTS:
            break
        else:
            _give_up(session, crawl)
    crawl.state = CrawlState.READING
    crawl.attempts += 1
    crawl.started_at = now()
    crawl.lease_until = now() + LEASE
    _show_on_company(session, crawl)
    return ClaimedCrawl(crawl.id, crawl.company_id, company.website)


def record_receipt(session: Session, crawl_id: int, receipt: Receipt) -> bool:
    """Keep what one request came to and lengthen the lease; False says that the crawl is no longer wanted."""
    still_ours = session.execute(
        update(Crawl)
        .where(Crawl.id == crawl_id, Crawl.state == CrawlState.READING)
        .values(lease_until=now() + LEASE)
        .returning(Crawl.id)
    ).first()
    if still_ours is None:
        return False
    session.add(
        FetchReceipt(
            crawl_id=crawl_id,
            url=receipt.url[:2000],
            at=receipt.at,
            outcome=receipt.outcome,
            status=receipt.status,
            reason=receipt.reason or "",
            detail=receipt.detail,
            bytes=receipt.bytes,
            elapsed_ms=receipt.elapsed_ms,
        )
    )
    return True


def finish_crawl(session: Session, crawl: Crawl, state: CrawlState, *, outcome: str, detail: str) -> None:
    """End a crawl in one of the final states, with the outcome in a word and in a sentence."""
    crawl.state = state
    crawl.outcome = outcome
    crawl.detail = detail
    crawl.finished_at = now()
    crawl.lease_until = None
    _show_on_company(session, crawl)


def advance_crawl(session: Session, crawl: Crawl, state: CrawlState) -> None:
    """Move a crawl on to its next step."""
    crawl.state = state
    _show_on_company(session, crawl)


def _stay_away(session: Session, crawl: Crawl) -> None:
    detail = "The owner of this site asked us not to read it. Look at the site yourself."
    finish_crawl(session, crawl, CrawlState.FAILED, outcome="opted_out", detail=detail)
    session.flush()


def _give_up(session: Session, crawl: Crawl) -> None:
    finish_crawl(
        session,
        crawl,
        CrawlState.FAILED,
        outcome="worker_lost",
        detail=f"Reading this site ended the worker {MAX_ATTEMPTS} times. Look at the site yourself, or retry later.",
    )
    session.flush()


def _active(company_id: int) -> Select[Crawl]:
    return select(Crawl).where(Crawl.company_id == company_id, Crawl.state.in_(ACTIVE_CRAWL_STATES))


def _active_crawl(session: Session, company_id: int) -> Crawl | None:
    return session.scalar(_active(company_id))


def _show_on_company(session: Session, crawl: Crawl) -> None:
    session.execute(
        update(Company)
        .where(Company.id == crawl.company_id)
        .values(crawl_state=crawl.state, crawl_outcome=crawl.outcome or "")
        .execution_options(synchronize_session=False)
    )
