"""What a crawl leaves behind: pages, signals, contacts; and what a fault leaves alone."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, ContactValue, Crawl, CrawlState, FitState, Page, Prospect, Provenance, Signal
from app.services.crawls import cancel_crawl, claim_crawl, request_crawl
from app.services.sites import record_site
from scrapers.crawl import GonePage, PageKind, SiteOutcome, SitePage, SiteReport, SiteSignal
from scrapers.extract.page import FoundEmail, FoundPhone
from tests.world import make_program, make_prospect


def page(path: str, text: str, **values: Any) -> SitePage:
    fields: dict[str, Any] = {
        "url": f"https://acme.example{path}",
        "kind": PageKind.OTHER,
        "title": "Acme",
        "language": "en",
        "main_text": text,
        "content_hash": hashlib.sha256(text.encode()).hexdigest(),
        "emails": (),
        "phones": (),
        "socials": (),
        "links": (),
        "signals": (),
        "fetched_at": now(),
        "status": 200,
        "headings": (),
    }
    return SitePage(**(fields | values))


def report(*pages: SitePage, outcome: SiteOutcome = SiteOutcome.READABLE, **values: Any) -> SiteReport:
    fields: dict[str, Any] = {
        "domain": "acme.example",
        "start_url": "https://acme.example/",
        "outcome": outcome,
        "detail": f"{len(pages)} pages",
        "pages": pages,
        "receipts": (),
        "signals": (),
        "language": "en",
    }
    return SiteReport(**(fields | values))


@pytest.fixture
def prospect(session: Session) -> Prospect:
    return make_prospect(session, make_program(session), "acme.example")


def read(session: Session, prospect: Prospect, site: SiteReport) -> Crawl:
    crawl = request_crawl(session, prospect.company_id)
    claim_crawl(session)
    assert record_site(session, crawl.id, site)
    session.flush()
    return crawl


def finish(session: Session, crawl: Crawl) -> None:
    crawl.state = CrawlState.DONE
    session.flush()


def texts(session: Session) -> dict[str, str]:
    return {row.url: row.text for row in session.scalars(select(Page))}


def test_a_readable_site_waits_for_its_passages(session: Session, prospect: Prospect) -> None:
    crawl = read(session, prospect, report(page("/", "We build shops"), page("/about", "Since 2009")))
    assert crawl.state is CrawlState.READ
    assert texts(session) == {"https://acme.example/": "We build shops", "https://acme.example/about": "Since 2009"}


def test_reading_again_updates_and_drops_pages(session: Session, prospect: Prospect) -> None:
    finish(session, read(session, prospect, report(page("/", "Old"), page("/gone", "Gone"))))
    kept = session.scalars(select(Page.id).where(Page.url == "https://acme.example/")).one()
    read(session, prospect, report(page("/", "New"), gone=(GonePage("https://acme.example/gone", "status 404"),)))
    session.expire_all()
    assert texts(session) == {"https://acme.example/": "New"}
    assert session.scalars(select(Page.id)).one() == kept


@pytest.mark.parametrize(
    ("outcome", "left"),
    [(SiteOutcome.UNREACHABLE, 1), (SiteOutcome.TOO_SLOW, 1), (SiteOutcome.FORBIDDEN_BY_ROBOTS, 0)],
)
def test_a_passing_fault_keeps_what_was_read(
    session: Session, prospect: Prospect, outcome: SiteOutcome, left: int
) -> None:
    finish(session, read(session, prospect, report(page("/", "We build shops"))))
    crawl = read(session, prospect, report(outcome=outcome, detail="no answer"))
    assert crawl.state is CrawlState.FAILED
    assert outcome.next_step in crawl.detail
    assert len(texts(session)) == left
    session.refresh(prospect)
    assert prospect.fit_state is FitState.WAITING


def test_signals_are_those_of_the_newest_reading(session: Session, prospect: Prospect) -> None:
    first = (SiteSignal("services", "yes", "We offer", "https://acme.example/"),)
    second = (SiteSignal("contact", "yes", "Write to us", "https://acme.example/"),)
    finish(session, read(session, prospect, report(page("/", "One"), signals=first)))
    read(session, prospect, report(page("/", "One"), signals=second))
    assert session.scalars(select(Signal.name)).all() == ["contact"]


def test_contacts_say_which_page_they_stand_on(session: Session, prospect: Prospect) -> None:
    found = page(
        "/contact",
        "Write to us",
        emails=(FoundEmail("Hello@Acme.example", "mailto"), FoundEmail("not an address", "text")),
        phones=(FoundPhone("+48221234567", "tel"),),
    )
    finish(session, read(session, prospect, report(found)))
    read(session, prospect, report(found))
    rows = session.scalars(select(ContactValue).order_by(ContactValue.id)).all()
    assert [(row.value, row.provenance, row.source) for row in rows] == [
        ("hello@acme.example", Provenance.PAGE, "https://acme.example/contact"),
        ("+48221234567", Provenance.PAGE, "https://acme.example/contact"),
    ]


def test_a_canceled_reading_is_not_stored(session: Session, prospect: Prospect) -> None:
    crawl = request_crawl(session, prospect.company_id)
    claim_crawl(session)
    cancel_crawl(session, crawl.id, by_user_id=None)
    assert not record_site(session, crawl.id, report(page("/", "We build shops")))
    assert texts(session) == {}


def test_country_comes_from_the_site_where_the_import_had_none(session: Session, prospect: Prospect) -> None:
    read(session, prospect, report(page("/", "Wir bauen", country="DE"), language="de"))
    company = session.get_one(Company, prospect.company_id)
    assert (company.country, company.language) == ("DE", "de")
