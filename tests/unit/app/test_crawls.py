"""Crawls as a work list: one reading of a site at a time, leases, cancel, giving up."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, Crawl, CrawlState, FetchReceipt
from app.services.companies import find_or_add_company
from app.services.crawls import MAX_ATTEMPTS, cancel_crawl, claim_crawl, record_receipt, request_crawl
from app.services.errors import Conflict, NotFound
from scrapers.crawl import Receipt


@pytest.fixture
def company(session: Session) -> Company:
    return find_or_add_company(session, domain="acme.example", website="https://www.acme.example/")


def receipt(url: str = "https://www.acme.example/") -> Receipt:
    return Receipt(url, now(), "fetched", 200, None, "", 1200, 35)


def expire(session: Session, crawl: Crawl) -> None:
    crawl.lease_until = now() - timedelta(seconds=1)
    session.flush()


def test_a_site_is_read_once_at_a_time(session: Session, company: Company) -> None:
    first = request_crawl(session, company.id)
    assert request_crawl(session, company.id) is first
    assert session.scalar(select(func.count()).select_from(Crawl)) == 1


def test_after_the_end_a_site_can_be_read_again(session: Session, company: Company) -> None:
    first = request_crawl(session, company.id)
    cancel_crawl(session, first.id, by_user_id=None)
    assert request_crawl(session, company.id).id != first.id


def test_claim_takes_the_oldest_and_holds_it(session: Session, company: Company) -> None:
    other = find_or_add_company(session, domain="later.example")
    later = request_crawl(session, other.id)
    later.requested_at = now() + timedelta(minutes=1)
    request_crawl(session, company.id)
    claimed = claim_crawl(session)
    assert claimed is not None
    assert (claimed.company_id, claimed.website) == (company.id, "https://www.acme.example/")
    second = claim_crawl(session)
    assert second is not None
    assert second.id == later.id
    assert claim_crawl(session) is None


def test_a_dead_workers_crawl_is_taken_up_again(session: Session, company: Company) -> None:
    crawl = request_crawl(session, company.id)
    claim_crawl(session)
    expire(session, crawl)
    again = claim_crawl(session)
    assert again is not None
    assert again.id == crawl.id
    assert crawl.attempts == 2


def test_a_site_that_ends_workers_is_given_up(session: Session, company: Company) -> None:
    crawl = request_crawl(session, company.id)
    for _ in range(MAX_ATTEMPTS):
        claim_crawl(session)
        expire(session, crawl)
    assert claim_crawl(session) is None
    assert crawl.state is CrawlState.FAILED
    assert "ended the worker" in crawl.detail
    session.refresh(company)
    assert company.crawl_state is CrawlState.FAILED


def test_a_receipt_is_kept_and_lengthens_the_lease(session: Session, company: Company) -> None:
    crawl = request_crawl(session, company.id)
    claim_crawl(session)
    expire(session, crawl)
    assert record_receipt(session, crawl.id, receipt())
    session.refresh(crawl)
    assert crawl.lease_until is not None
    assert crawl.lease_until > now()
    assert session.scalars(select(FetchReceipt.url)).all() == ["https://www.acme.example/"]


def test_a_canceled_crawl_takes_no_more_receipts(session: Session, company: Company) -> None:
    crawl = request_crawl(session, company.id)
    claim_crawl(session)
    cancel_crawl(session, crawl.id, by_user_id=None)
    session.flush()
    assert not record_receipt(session, crawl.id, receipt())
    assert session.scalar(select(func.count()).select_from(FetchReceipt)) == 0


def test_cancel_says_why_it_cannot(session: Session, company: Company) -> None:
    crawl = request_crawl(session, company.id)
    cancel_crawl(session, crawl.id, by_user_id=None)
    with pytest.raises(Conflict, match="nothing left to cancel"):
        cancel_crawl(session, crawl.id, by_user_id=None)
    with pytest.raises(NotFound):
        cancel_crawl(session, 999, by_user_id=None)
