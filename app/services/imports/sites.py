"""What a person does about the sites of an import's prospects: read the failed ones again, stop reading the rest."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.models import ACTIVE_CRAWL_STATES, Company, Crawl, CrawlState, FitState, ImportBatch, Prospect
from app.queries.imports import companies_of, prospects_of, unread_companies
from app.services.errors import Conflict
from app.services.imports.batches import audit_batch
from app.services.imports.bulk import request_crawls

_AT_ONCE = 500


def read_again(session: Session, batch: ImportBatch, *, by_user_id: int | None) -> int:
    """Ask for every site that failed or was canceled to be read, and every failed score to be computed.

    Returns how many. Raises Conflict where there is none.
    """
    company_ids = unread_companies(session, batch.id)
    asked = 0
    for start in range(0, len(company_ids), _AT_ONCE):
        asked += request_crawls(session, company_ids[start : start + _AT_ONCE], requested_by_id=by_user_id)
    asked += _score_again(session, batch.id)
    if not asked:
        raise Conflict(_("Nothing of this import has failed or was canceled; there is nothing to try again."))
    audit_batch(session, batch, "import.sites_retried", by_user_id=by_user_id, count=asked)
    return asked


def stop_reading(session: Session, batch: ImportBatch, *, by_user_id: int | None) -> int:
    """Cancel the reading of the import's sites that is not finished; what was read stays. Returns how many.

    Raises Conflict where nothing is being read.
    """
    companies = companies_of(batch.id)
    stopped = session.scalars(
        update(Crawl)
        .where(Crawl.company_id.in_(companies), Crawl.state.in_(ACTIVE_CRAWL_STATES))
        .values(
            state=CrawlState.CANCELED,
            outcome="canceled",
            detail="Canceled by a person.",
            finished_at=now(),
            lease_until=None,
        )
        .returning(Crawl.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not stopped:
        raise Conflict(_("No site of this import is being read; there is nothing to cancel."))
    session.execute(
        update(Company)
        .where(Company.id.in_(companies), Company.crawl_state.in_(ACTIVE_CRAWL_STATES))
        .values(crawl_state=CrawlState.CANCELED, crawl_outcome="canceled")
        .execution_options(synchronize_session=False)
    )
    audit_batch(session, batch, "import.sites_canceled", by_user_id=by_user_id, count=len(stopped))
    return len(stopped)


def _score_again(session: Session, batch_id: int) -> int:
    """Ask for failed scores once more where the site itself was read; a site read again asks on its own."""
    read = select(Company.id).where(Company.read_at.is_not(None))
    asked = session.scalars(
        update(Prospect)
        .where(Prospect.id.in_(prospects_of(batch_id)), Prospect.fit_state == FitState.FAILED)
        .where(Prospect.company_id.in_(read))
        .values(fit_state=FitState.WAITING, fit_requested_at=now(), fit_attempts=0, fit_lease_until=None)
        .returning(Prospect.id)
        .execution_options(synchronize_session=False)
    ).all()
    if asked:
        dispatch_after_commit(session, Job.DRAIN_FIT)
    return len(asked)
