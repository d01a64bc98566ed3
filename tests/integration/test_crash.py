"""Workers killed the hard way and a flushed queue: every site is read and scored all the same, once."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import func, select, update
from werkzeug import Request, Response

from app import dispatch
from app.clock import now
from app.config import Settings
from app.db import reading, transaction
from app.jobs import runtime
from app.jobs.sweep import sweep
from app.models import Crawl, CrawlState, FitScore, Page, Program, Prospect
from app.queries.progress import program_progress
from app.services.companies import find_or_add_company
from app.services.prospects import NewProspect, add_prospect
from bench.stack import Stack
from scoring.embedder import HashingEmbedder
from tests.world import make_profile, make_program

pytestmark = [pytest.mark.services, pytest.mark.slow]

HOSTS = [f"shop{number}.example" for number in range(6)]


def slow_page(request: Request) -> Response:
    if request.path == "/robots.txt":
        return Response("", status=404)
    time.sleep(0.4)
    text = f"We build online shops for merchants at {request.host} and measure every change we make. " * 8
    return Response(f"<html><body><main><p>{text}</p></main></body></html>", content_type="text/html")


@pytest.fixture
def stack(
    database_url: str,
    queue_url: str,
    tmp_path: Path,
    httpserver: HTTPServer,
    worker_environment: Callable[[Settings], dict[str, str]],
) -> Iterator[Stack]:
    httpserver.expect_request("/").respond_with_handler(slow_page)
    httpserver.expect_request("/robots.txt").respond_with_handler(slow_page)
    origin = httpserver.url_for("").rstrip("/")
    settings = Settings(
        database_url=database_url,
        redis_url=queue_url,
        data_dir=tmp_path,
        embedding_model=HashingEmbedder.model_id,
        scraper_delay_s=0.0,
        scraper_host_map=dict.fromkeys(HOSTS, origin),
        crawl_threads=2,
    )
    runtime.start(settings)
    stack = Stack(worker_environment(settings))
    yield stack
    stack.stop()


@pytest.fixture
def program(stack: Stack) -> Program:
    with transaction() as session:
        program = make_program(session)
        make_profile(session, program)
        for host in HOSTS:
            company = find_or_add_company(session, domain=host)
            add_prospect(session, NewProspect(program_id=program.id, company_id=company.id, source="test"))
        return program


def wait_for(condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def count_crawls(*states: CrawlState) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Crawl).where(Crawl.state.in_(states))) or 0


def let_leases_run_out() -> None:
    past = now() - timedelta(seconds=1)
    with transaction() as session:
        session.execute(update(Crawl).where(Crawl.lease_until.is_not(None)).values(lease_until=past))
        session.execute(update(Crawl).values(requested_at=past - timedelta(minutes=5)))
        session.execute(update(Crawl).where(Crawl.read_at.is_not(None)).values(read_at=past - timedelta(minutes=5)))
        session.execute(
            update(Prospect)
            .where(Prospect.fit_requested_at.is_not(None))
            .values(fit_requested_at=past - timedelta(minutes=5))
        )


def is_through(program: Program) -> bool:
    with reading() as session:
        progress = program_progress(session, program.id)
    return progress.total == len(HOSTS) and progress.under_way == 0


def test_killed_workers_and_a_flushed_queue_lose_nothing(stack: Stack, program: Program) -> None:
    stack.start_worker("crawl", "crawl")
    wait_for(lambda: count_crawls(CrawlState.READING) > 0)
    stack.kill("crawl")
    assert count_crawls(CrawlState.READING) > 0
    dispatch.connection().flushdb()
    let_leases_run_out()
    sweep()
    stack.start_worker("crawl", "crawl")
    wait_for(lambda: count_crawls(CrawlState.READ) == len(HOSTS))
    dispatch.connection().flushdb()
    let_leases_run_out()
    # Nobody rings: a worker looks for work that was left behind when it starts.
    stack.start_worker("fit", "fit")
    wait_for(lambda: is_through(program))
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Page)) == len(HOSTS)
        assert session.scalar(select(func.count()).select_from(FitScore)) == len(HOSTS)
