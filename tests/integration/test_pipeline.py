"""The main job end to end in one process: real pages over HTTP, the real crawler, passages, vectors, scores."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.db import reading, transaction
from app.jobs import runtime
from app.jobs.crawls import drain_crawls
from app.jobs.fit import drain_fit, embed_stale_sites, embed_waiting_sites, score_waiting_prospects
from app.models import FetchReceipt, FitScore, FitState, Page, Passage, Program, Prospect
from app.queries.progress import program_progress
from app.services.companies import find_or_add_company
from app.services.crawls import request_crawl
from app.services.fit import request_scores
from app.services.prospects import NewProspect, add_prospect
from scoring.embedder import HashingEmbedder
from tests.world import make_profile, make_program

SHOPS = """<html lang="en"><head><title>Kiln</title></head><body><main><h1>Online shops</h1>
<p>We build online shops for merchants who sell ceramics, tea and furniture. Our team of nine designs the storefront,
moves the catalog over, and stays on as the agency that keeps the shop fast. Merchants call us when their
checkout loses customers, and we measure every change we make before we recommend it to the next merchant.</p>
<p><a href="/services">Services</a></p></main></body></html>"""
SERVICES = """<html lang="en"><head><title>Services</title></head><body><main><h1>Services</h1>
<p>Store design, migration from older platforms, subscription set-up, and monthly care for online shops. We publish
our prices, answer within one working day, and hand over every account and every line of code at the end.</p>
</main></body></html>"""


@pytest.fixture
def hosts(httpserver: HTTPServer) -> dict[str, str]:
    origin = httpserver.url_for("").rstrip("/")
    return {"kiln.example": origin, "void.example": "http://127.0.0.1:9"}


@pytest.fixture
def program(database_url: str, queue_url: str, tmp_path: Path, hosts: dict[str, str]) -> Program:
    runtime.start(
        Settings(
            database_url=database_url,
            redis_url=queue_url,
            data_dir=tmp_path,
            embedding_model=HashingEmbedder.model_id,
            scraper_delay_s=0.0,
            scraper_host_map=hosts,
            crawl_threads=4,
        )
    )
    with transaction() as session:
        program = make_program(session)
        make_profile(session, program)
        return program


def serve_kiln(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/").respond_with_data(SHOPS, content_type="text/html")
    httpserver.expect_request("/services").respond_with_data(SERVICES, content_type="text/html")


def add(session: Session, program: Program, domain: str) -> Prospect:
    company = find_or_add_company(session, domain=domain)
    return add_prospect(session, NewProspect(program_id=program.id, company_id=company.id, source="test"))


def current_score(prospect: Prospect) -> FitScore:
    with reading() as session:
        return (
            session.scalars(
                select(FitScore).where(FitScore.prospect_id == prospect.id).order_by(FitScore.id.desc())
            ).first()
            or FitScore()
        )


class CountingEmbedder(HashingEmbedder):
    """Counts what it is asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float16]:
        self.texts += texts
        return super().encode(texts)


def test_from_domain_to_an_explained_score(program: Program, httpserver: HTTPServer) -> None:
    serve_kiln(httpserver)
    with transaction() as session:
        prospect = add(session, program, "kiln.example")
    assert drain_crawls() == 1
    assert drain_fit() == 1
    score = current_score(prospect)
    assert score.score is not None
    assert math.fsum(part["points"] for part in score.parts) == pytest.approx(score.score, abs=1e-6)
    with reading() as session:
        pages = {page.url: page.text for page in session.scalars(select(Page))}
        assert len(pages) == 2
    citations = [citation for part in score.parts for citation in part["citations"] if citation["end"]]
    assert citations
    for citation in citations:
        assert pages[citation["url"]][citation["start"] : citation["end"]] == citation["quote"]
    assert set(score.page_hashes) == set(pages)


def test_a_site_that_fails_says_why_and_stops_nobody(program: Program, httpserver: HTTPServer) -> None:
    serve_kiln(httpserver)
    with transaction() as session:
        good = add(session, program, "kiln.example")
        lost = add(session, program, "void.example")
    drain_crawls()
    drain_fit()
    assert current_score(good).score is not None
    score = current_score(lost)
    assert score.score is None
    assert "could not be reached" in score.why_null
    with reading() as session:
        progress = program_progress(session, program.id)
    assert (progress.total, progress.scored, progress.no_evidence, progress.crawl_failed) == (2, 1, 1, 1)
    assert progress.under_way == 0


def test_unchanged_passages_are_not_embedded_twice(program: Program, httpserver: HTTPServer) -> None:
    serve_kiln(httpserver)
    embedder = CountingEmbedder()
    with transaction() as session:
        prospect = add(session, program, "kiln.example")
    drain_crawls()
    embed_waiting_sites(embedder)
    first = len(embedder.texts)
    assert first > 0
    with transaction() as session:
        request_crawl(session, prospect.company_id)
    drain_crawls()
    embed_waiting_sites(embedder)
    assert len(embedder.texts) == first
    with reading() as session:
        assert {row.model_id for row in session.scalars(select(Passage))} == {embedder.model_id}


class OtherEmbedder(HashingEmbedder):
    """The same vectors under another model's name."""

    model_id = "other-test"


def test_a_change_of_model_embeds_again_and_never_mixes(program: Program, httpserver: HTTPServer) -> None:
    serve_kiln(httpserver)
    with transaction() as session:
        prospect = add(session, program, "kiln.example")
    drain_crawls()
    drain_fit()
    other = OtherEmbedder()
    assert embed_stale_sites(other) == 1
    assert embed_stale_sites(other) == 0
    assert score_waiting_prospects(other) == 1
    with reading() as session:
        assert {row.model_id for row in session.scalars(select(Passage))} == {"other-test"}
    assert current_score(prospect).model_id.startswith("other-test")


def test_draining_twice_finds_nothing_left(program: Program, httpserver: HTTPServer) -> None:
    serve_kiln(httpserver)
    with transaction() as session:
        add(session, program, "kiln.example")
    assert (drain_crawls(), drain_crawls()) == (1, 0)
    assert (drain_fit(), drain_fit()) == (1, 0)


def test_a_program_without_a_profile_says_what_to_do(program: Program, httpserver: HTTPServer) -> None:
    serve_kiln(httpserver)
    with transaction() as session:
        bare = make_program(session)
        prospect = add(session, bare, "kiln.example")
    drain_crawls()
    drain_fit()
    with reading() as session:
        failed = session.get_one(Prospect, prospect.id)
        assert failed.fit_state is FitState.FAILED
        assert "no fit profile yet" in failed.fit_error
    with transaction() as session:
        make_profile(session, bare)
        request_scores(session, bare.id)
    drain_fit()
    assert current_score(prospect).score is not None


def test_the_companys_own_address_is_where_reading_starts(program: Program, httpserver: HTTPServer) -> None:
    serve_kiln(httpserver)
    with transaction() as session:
        company = find_or_add_company(session, domain="kiln.example", website="https://kiln.example/services")
        add_prospect(session, NewProspect(program_id=program.id, company_id=company.id, source="test"))
    drain_crawls()
    with reading() as session:
        first = session.scalars(select(FetchReceipt.url).where(FetchReceipt.url.not_like("%robots.txt"))).first()
    assert first == "https://kiln.example/services"
