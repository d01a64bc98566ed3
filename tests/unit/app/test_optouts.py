"""An owner who opts out: nothing read of the site stays, nothing is read again, what people wrote stays."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import reading
from app.models import (
    Company,
    Contact,
    CrawlState,
    Discovery,
    DiscoveryCandidate,
    FitScore,
    FitState,
    Page,
    Passage,
    Prospect,
    Provenance,
    Signal,
)
from app.queries.site_evidence import load_evidence
from app.services.contacts import FoundContact, record_contact
from app.services.crawls import claim_crawl, record_receipt, request_crawl
from app.services.optouts import opt_out_site
from tests.prospect_world import make_worked_prospect
from tests.unit.app.test_crawls import receipt
from tests.world import make_program, make_prospect


@pytest.fixture
def prospect(session: Session) -> Prospect:
    return make_prospect(session, make_program(session), "acme.example")


def test_what_was_read_is_deleted_and_what_people_wrote_stays(session: Session) -> None:
    worked = make_worked_prospect(session)
    prospect = worked.prospect
    session.add(
        Passage(
            page_id=worked.home.id,
            company_id=worked.company.id,
            start=0,
            end=20,
            content_hash="a" * 64,
            vector=b"\x00\x3c",
            model_id="hashing-test",
        )
    )
    hand = FoundContact(provenance=Provenance.HAND, name="Ada Byron", email="ada@elsewhere.example")
    kept = record_contact(session, prospect.company_id, hand)
    session.flush()
    opt_out_site(session, session.get_one(Company, prospect.company_id).domain, actor_id=None)
    session.expire_all()
    for row in (Page, Passage, Signal, FitScore):
        assert session.scalar(select(func.count()).select_from(row)) == 0, row
    assert kept in session.scalars(select(Contact)).all()
    assert prospect.fit_state is FitState.WAITING
    evidence = load_evidence(session, [prospect.company_id], model_id="any")[prospect.company_id]
    assert evidence.site.unreadable is not None
    assert "asked us not to read it" in evidence.site.unreadable


def test_lines_taken_from_its_lists_go_and_those_of_other_sites_stay(session: Session, prospect: Prospect) -> None:
    discovery = Discovery(program_id=prospect.program_id)
    session.add(discovery)
    session.flush()
    pages = (
        "https://acme.example/list",
        "http://www.acme.example/",
        "https://notacme.example/",
        "https://x.pl/acme.example/",
    )
    for place, page in enumerate(pages):
        named = DiscoveryCandidate(discovery_id=discovery.id, position=place, domain=f"d{place}.pl", name="D", url="u")
        named.found_on, named.context = page, "D, the best of all"
        session.add(named)
    session.flush()
    opt_out_site(session, "acme.example", actor_id=None)
    left = session.scalars(select(DiscoveryCandidate.context).order_by(DiscoveryCandidate.position)).all()
    assert [bool(line) for line in left] == [False, False, True, True]


def test_a_reading_under_way_ends_with_its_next_page(session: Session, prospect: Prospect) -> None:
    crawl = request_crawl(session, prospect.company_id)
    claim_crawl(session)
    opt_out_site(session, "acme.example", actor_id=None)
    session.flush()
    assert crawl.state is CrawlState.CANCELED
    assert not record_receipt(session, crawl.id, receipt())


def test_nobody_can_have_it_read_again(session: Session, prospect: Prospect) -> None:
    opt_out_site(session, "acme.example", actor_id=None)
    crawl = request_crawl(session, prospect.company_id)
    assert claim_crawl(session) is None
    assert crawl.state is CrawlState.FAILED
    assert "asked us not to read it" in crawl.detail


def test_the_command_takes_any_address_of_the_site(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["forget-site", "https://www.acme.com/contact"])
    assert answer.exit_code == 0
    with reading() as session:
        assert session.scalars(select(Company.domain).where(Company.opted_out_at.is_not(None))).all() == ["acme.com"]
    refused = app.test_cli_runner().invoke(args=["forget-site", "localhost"])
    assert refused.exit_code != 0
    assert "Nothing was deleted" in refused.output
