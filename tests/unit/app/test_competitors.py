"""Competitors, who links to them, and adding one company by its address."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Company, Crawl, Page, PageLink, Program, User
from app.queries.competitors import competitors_of, links_to_competitors
from app.services.competitors import MAX_COMPETITORS, add_competitor, record_links, remove_competitor
from app.services.discover.adding import add_by_address
from app.services.errors import Conflict, InvalidInput, NotFound
from scrapers.extract.page import PageLink as FoundLink
from scrapers.report import PageKind, SitePage
from tests.world import make_program, make_user

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, user: User) -> Program:
    return make_program(session, user)


def saved(session: Session, domain: str, *paths: str) -> Company:
    """Add a company with saved pages."""
    company = Company(domain=domain, name=domain, website=f"https://{domain}/")
    session.add(company)
    session.flush()
    crawl = Crawl(company_id=company.id)
    session.add(crawl)
    session.flush()
    session.add_all(
        Page(company_id=company.id, crawl_id=crawl.id, url=f"https://{domain}{path}", text="t", content_hash="h")
        for path in paths
    )
    session.flush()
    return company


def page(url: str, *links: str, text: str = "") -> SitePage:
    found = tuple(FoundLink(link, "Rival") for link in links)
    return SitePage(url, PageKind.OTHER, "", None, text, "h", (), (), (), found, (), WHEN, 200, ())


def targets(session: Session, company: Company) -> list[tuple[str, str]]:
    query = select(PageLink.target_domain, Page.url).join(Page, Page.id == PageLink.page_id)
    rows = session.execute(query.where(PageLink.company_id == company.id).order_by(PageLink.target_domain))
    return [(domain, url.removeprefix("https://a.example")) for domain, url in rows]


def test_links_follow_the_pages_they_stand_on(session: Session) -> None:
    company = saved(session, "a.example", "/", "/work")
    home = page("https://a.example/", "https://rival.example/", "https://other.example/")
    work = page("https://www.a.example/work/", "https://rival.example/x", text="A Rival partner\x00 since 2019.")
    record_links(session, company.id, [home, work])
    assert targets(session, company) == [("other.example", "/"), ("rival.example", "/work")]
    quote = session.scalar(select(PageLink.quote).where(PageLink.target_domain == "rival.example"))
    assert quote == "A Rival partner since 2019."
    # A reading that looked at the home page alone leaves the other page's links as they were.
    record_links(session, company.id, [page("https://a.example/", "https://rival.example/", "https://new.example/")])
    assert targets(session, company) == [("new.example", "/"), ("rival.example", "/work")]
    session.delete(session.scalars(select(Page).where(Page.url == "https://a.example/work")).one())
    session.flush()
    assert targets(session, company) == [("new.example", "/")]


def test_who_links_is_counted_for_each_program(session: Session, program: Program) -> None:
    company = saved(session, "a.example", "/")
    record_links(session, company.id, [page("https://a.example/", "https://rival.example/")])
    record_links(
        session, saved(session, "rival.example", "/").id, [page("https://rival.example/", "https://a.example/")]
    )
    add_competitor(session, program, "www.rival.example", by_user_id=None)
    assert [(line.name, line.link_count) for line in competitors_of(session, program.id)] == [("Rival", 1)]
    assert [link.domain for link in links_to_competitors(session, program.id)] == ["a.example"]
    assert links_to_competitors(session, make_program(session).id) == []


def test_competitors_are_named_once_and_taken_off_again(session: Session, program: Program, user: User) -> None:
    named = add_competitor(session, program, "https://rival.example/x", name=" The  Rival ", by_user_id=user.id)
    assert (named.domain, named.name) == ("rival.example", "The Rival")
    with pytest.raises(Conflict, match="on the list already"):
        add_competitor(session, program, "rival.example", by_user_id=user.id)
    with pytest.raises(NotFound):
        remove_competitor(session, make_program(session), named.id, by_user_id=user.id)
    remove_competitor(session, program, named.id, by_user_id=user.id)
    assert competitors_of(session, program.id) == []
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.program_id == program.id)).all()
    assert actions == ["competitor.added", "competitor.removed"]


@pytest.mark.parametrize("address", ["", "nonsense", "127.0.0.1", "http://localhost/"])
def test_what_is_no_domain_is_no_competitor(session: Session, program: Program, address: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        add_competitor(session, program, address, by_user_id=None)
    assert list(caught.value.fields) == ["competitor"]


def test_the_list_of_competitors_has_an_end(session: Session, program: Program) -> None:
    for number in range(MAX_COMPETITORS):
        add_competitor(session, program, f"rival{number}.example", by_user_id=None)
    with pytest.raises(InvalidInput, match="Remove one first"):
        add_competitor(session, program, "one-more.example", by_user_id=None)


def test_a_company_is_added_by_its_address_once(session: Session, program: Program, user: User) -> None:
    added = add_by_address(session, program, " www.Acme.example/shop ", owner_id=user.id, by_user_id=user.id)
    assert added.is_new
    assert (added.prospect.source, added.prospect.owner_id) == ("Added by address", user.id)
    again = add_by_address(session, program, "https://acme.example", owner_id=None, by_user_id=None)
    assert (again.prospect.id, again.is_new) == (added.prospect.id, False)


@pytest.mark.parametrize(
    ("address", "words"),
    [("", "Give the address"), ("https://linkedin.com/company/acme", "a social network"), ("10.0.0.1", "IP address")],
)
def test_an_address_of_no_company_is_refused(session: Session, program: Program, address: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        add_by_address(session, program, address, owner_id=None, by_user_id=None)
    assert words in caught.value.fields["address"]
