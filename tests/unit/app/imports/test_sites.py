"""Retrying and stopping the reading of an import's sites, and how the failed ones are told."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.db import reading, transaction
from app.models import Company, Crawl, CrawlState, FitState, ImportBatch, Program, Prospect
from app.queries.imports import failed_sites
from app.services.errors import Conflict
from app.services.imports.sites import read_again, stop_reading
from tests.unit.app.imports.steps import Place, bring_in
from tests.world import make_prospect

pytestmark = pytest.mark.usefixtures("database")


def end_crawl(domain: str, state: CrawlState, detail: str = "") -> None:
    with transaction() as session:
        company = session.scalars(select(Company).where(Company.domain == domain)).one()
        company.crawl_state = state
        session.execute(update(Crawl).where(Crawl.company_id == company.id).values(state=state, detail=detail))


def crawls() -> dict[str, list[CrawlState]]:
    found: dict[str, list[CrawlState]] = {}
    with reading() as session:
        query = select(Company.domain, Crawl.state).join(Crawl, Crawl.company_id == Company.id).order_by(Crawl.id)
        for domain, state in session.execute(query):
            found.setdefault(domain, []).append(state)
    return found


def shown(domain: str) -> CrawlState | None:
    with reading() as session:
        return session.scalar(select(Company.crawl_state).where(Company.domain == domain))


def test_failed_and_canceled_sites_are_read_again_and_no_others(place: Place) -> None:
    batch_id = bring_in(place, "domain\ngone.com\nstopped.com\nfine.com\nwaiting.com\n")
    end_crawl("gone.com", CrawlState.FAILED, "No such host.")
    end_crawl("stopped.com", CrawlState.CANCELED)
    end_crawl("fine.com", CrawlState.DONE)
    with reading() as session:
        assert [(site.domain, site.detail) for site in failed_sites(session, batch_id)] == [
            ("gone.com", "No such host.")
        ]
    with transaction() as session:
        assert read_again(session, session.get_one(ImportBatch, batch_id), by_user_id=place[1].id) == 2
    assert crawls() == {
        "gone.com": [CrawlState.FAILED, CrawlState.WAITING],
        "stopped.com": [CrawlState.CANCELED, CrawlState.WAITING],
        "fine.com": [CrawlState.DONE],
        "waiting.com": [CrawlState.WAITING],
    }
    assert shown("gone.com") is CrawlState.WAITING
    with transaction() as session, pytest.raises(Conflict, match="nothing to try again"):
        read_again(session, session.get_one(ImportBatch, batch_id), by_user_id=None)


def test_failed_scores_are_asked_for_again(place: Place) -> None:
    batch_id = bring_in(place, "domain\nread.com\n")
    end_crawl("read.com", CrawlState.DONE)
    with transaction() as session:
        session.execute(update(Company).values(read_at=datetime(2026, 1, 1, tzinfo=UTC)))
        session.execute(
            update(Prospect).values(fit_state=FitState.FAILED, fit_error="The scorer broke.", fit_attempts=3)
        )
    with reading() as session:
        assert [site.detail for site in failed_sites(session, batch_id)] == ["The scorer broke."]
    with transaction() as session:
        assert read_again(session, session.get_one(ImportBatch, batch_id), by_user_id=None) == 1
    with reading() as session:
        query = select(Prospect.fit_state, Prospect.fit_attempts).join(Company).where(Company.domain == "read.com")
        assert session.execute(query).one() == (FitState.WAITING, 0)


def test_stop_cancels_what_is_being_read_and_leaves_other_imports_alone(place: Place) -> None:
    batch_id = bring_in(place, "domain\nmine.com\nread.com\n")
    bring_in(place, "domain\nother.com\n")
    end_crawl("read.com", CrawlState.DONE)
    with transaction() as session:
        assert stop_reading(session, session.get_one(ImportBatch, batch_id), by_user_id=place[1].id) == 1
    assert crawls() == {
        "mine.com": [CrawlState.CANCELED],
        "read.com": [CrawlState.DONE],
        "other.com": [CrawlState.WAITING],
    }
    assert shown("mine.com") is CrawlState.CANCELED
    with transaction() as session, pytest.raises(Conflict, match="nothing to cancel"):
        stop_reading(session, session.get_one(ImportBatch, batch_id), by_user_id=None)


def test_prospects_that_no_import_brought_are_not_touched(place: Place) -> None:
    with transaction() as session:
        make_prospect(session, session.get_one(Program, place[0].id), "byhand.com")
        session.execute(update(Company).where(Company.domain == "byhand.com").values(crawl_state=CrawlState.FAILED))
    batch_id = bring_in(place, "domain\nmine.com\n")
    with transaction() as session, pytest.raises(Conflict):
        read_again(session, session.get_one(ImportBatch, batch_id), by_user_id=None)
    assert shown("byhand.com") is CrawlState.FAILED
