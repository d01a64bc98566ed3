"""Discover's job over real sockets: a list is read over its pages, with receipts, refusals and a cancel."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from werkzeug import Request, Response

from app.config import Settings
from app.db import reading, transaction
from app.jobs import runtime
from app.jobs.crawls import drain_crawls
from app.models import Competitor, Discovery, DiscoveryCandidate, DiscoveryState, Program
from app.queries.competitors import competitor_links_of, competitors_of, links_to_competitors
from app.services.companies import find_or_add_company
from app.services.crawls import request_crawl
from app.services.discover.requests import Source, cancel_discovery, retry_discovery, start_discovery
from scoring.embedder import HashingEmbedder
from tests.world import make_program

FIRST = """<title>Best agencies</title><ul><li><a href="https://acme.example/x">Acme Studio</a> in Berlin</li>
<li><a href="https://x.com/list">Follow us</a></li></ul><a rel="next" href="/best?page=2">Next</a>"""
SECOND = '<ul><li><a href="https://bolt.example/">Bolt</a> in Ulm</li></ul>'
SITE = """<html lang="en"><head><title>Acme</title></head><body><main><h1>Online shops</h1>
<p>We build online shops for merchants who sell tea,
ceramics and furniture, and we stay on as the team that keeps them fast. Since 2019 we are a partner of
<a href="https://rival.example/partners">Rival</a>, whose offers run in six of our stores. Merchants call us when their
checkout loses customers, and we measure every change we make.</p></main></body></html>"""


@pytest.fixture
def program(database_url: str, queue_url: str, tmp_path: Path, httpserver: HTTPServer) -> Program:
    origin = httpserver.url_for("").rstrip("/")
    runtime.start(
        Settings(
            database_url=database_url,
            redis_url=queue_url,
            data_dir=tmp_path,
            embedding_model=HashingEmbedder.model_id,
            scraper_delay_s=0.0,
            scraper_host_map={"list.example": origin, "acme.example": origin},
            crawl_threads=2,
        )
    )
    with transaction() as session:
        return make_program(session)


def ask(program: Program, address: str) -> int:
    with transaction() as session:
        return start_discovery(session, program, Source(address=address), by_user_id=None).id


def ended(discovery_id: int) -> Discovery:
    with reading() as session:
        return session.get_one(Discovery, discovery_id)


def test_a_list_is_read_over_its_pages(program: Program, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/best", query_string="page=2").respond_with_data(SECOND, content_type="text/html")
    httpserver.expect_request("/best").respond_with_data(FIRST, content_type="text/html")
    discovery_id = ask(program, "list.example/best")
    assert drain_crawls() == 1
    found = ended(discovery_id)
    assert (found.state, found.title, found.found_count) == (DiscoveryState.FOUND, "Best agencies", 2)
    assert (found.pages_read, found.pages_planned) == (2, 2)
    assert [receipt["url"].rpartition("/")[2] for receipt in found.receipts] == ["robots.txt", "best", "best?page=2"]
    with reading() as session:
        rows = session.scalars(select(DiscoveryCandidate).order_by(DiscoveryCandidate.position)).all()
    assert [(row.domain, row.name, row.found_on, row.skipped) for row in rows] == [
        ("acme.example", "Acme Studio", "https://list.example/best", ""),
        ("bolt.example", "Bolt", "https://list.example/best?page=2", ""),
        ("x.com", "Follow us", "https://list.example/best", "a social network"),
    ]


@pytest.mark.parametrize(
    ("robots", "body", "kind", "words"),
    [
        ("User-agent: *\nDisallow: /", FIRST, "text/html", "obots.txt of list.example forbids"),
        ("", "%PDF-1.7", "application/pdf", "application/pdf"),
        ("", "<p>Nothing here</p>", "text/html", "links to no company outside its own site"),
    ],
)
def test_a_source_that_gives_nothing_says_why_and_what_to_do(
    program: Program, httpserver: HTTPServer, robots: str, body: str, kind: str, words: str
) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data(robots)
    httpserver.expect_request("/best").respond_with_data(body, content_type=kind)
    discovery_id = ask(program, "list.example/best")
    drain_crawls()
    found = ended(discovery_id)
    assert found.state is DiscoveryState.FAILED
    assert words in found.detail
    assert "paste it instead" in found.detail


def test_a_canceled_reading_stops_after_the_page_it_is_at(program: Program, httpserver: HTTPServer) -> None:
    discovery_id = ask(program, "list.example/best")

    def cancel_and_answer(_request: Request) -> Response:
        with transaction() as session:
            cancel_discovery(session, session.get_one(Discovery, discovery_id), by_user_id=None)
        return Response(FIRST, content_type="text/html")

    httpserver.expect_request("/robots.txt").respond_with_data("")
    httpserver.expect_request("/best", query_string="page=2").respond_with_data(SECOND, content_type="text/html")
    httpserver.expect_request("/best").respond_with_handler(cancel_and_answer)
    drain_crawls()
    assert ended(discovery_id).state is DiscoveryState.CANCELED
    assert [request.path for request, _ in httpserver.log] == ["/robots.txt", "/best"]
    assert ended(discovery_id).detail == "Canceled before a company was found."
    with reading() as session:
        assert session.scalar(select(DiscoveryCandidate.id)) is None


def test_a_cancel_keeps_who_was_found_and_a_retry_finds_everybody(program: Program, httpserver: HTTPServer) -> None:
    discovery_id = ask(program, "list.example/best")

    def cancel_and_answer(_request: Request) -> Response:
        with transaction() as session:
            discovery = session.get_one(Discovery, discovery_id)
            if not discovery.detail and discovery.requested_at == requested_at:
                cancel_discovery(session, discovery, by_user_id=None)
        return Response(SECOND, content_type="text/html")

    requested_at = ended(discovery_id).requested_at
    httpserver.expect_request("/robots.txt").respond_with_data("")
    httpserver.expect_request("/best", query_string="page=2").respond_with_handler(cancel_and_answer)
    httpserver.expect_request("/best").respond_with_data(FIRST, content_type="text/html")
    drain_crawls()
    found = ended(discovery_id)
    assert (found.state, found.found_count) == (DiscoveryState.CANCELED, 1)
    assert found.detail.startswith("Canceled after 1 page: these are the companies found until then.")
    assert candidates() == [(0, "acme.example")]
    with transaction() as session:
        retry_discovery(session, session.get_one(Discovery, discovery_id), by_user_id=None)
    assert candidates() == []
    drain_crawls()
    assert ended(discovery_id).state is DiscoveryState.FOUND
    assert candidates() == [(0, "acme.example"), (1, "bolt.example"), (2, "x.com")]


def candidates() -> list[tuple[int, str]]:
    with reading() as session:
        rows = session.scalars(select(DiscoveryCandidate).order_by(DiscoveryCandidate.position))
        return [(row.position, row.domain) for row in rows]


def test_a_crawl_keeps_who_links_to_a_competitor(program: Program, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(SITE, content_type="text/html")
    with transaction() as session:
        session.add(Competitor(program_id=program.id, domain="rival.example", name="Rival"))
        company = find_or_add_company(session, domain="acme.example")
        session.flush()
        request_crawl(session, company.id)
    for _ in range(2):  # reading a site again changes nothing
        drain_crawls()
        with transaction() as session:
            request_crawl(session, company.id)
    with reading() as session:
        (link,) = links_to_competitors(session, program.id)
        assert (link.domain, link.competitor, link.page_url) == ("acme.example", "Rival", "https://acme.example/")
        assert "Since 2019 we are a partner of Rival" in link.quote
        assert link.prospect_id is None
        assert [each.link_count for each in competitors_of(session, program.id)] == [1]
        assert competitor_links_of(session, program.id, company.id) == [link]
