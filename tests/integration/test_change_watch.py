"""A site that changes, from the wire to the task: what is embedded, what is kept, who is told, and how often."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import func, select, update

from app.clock import now
from app.config import Settings
from app.db import Base, reading, transaction
from app.jobs import runtime
from app.jobs.crawls import drain_crawls
from app.jobs.fit import embed_waiting_sites, score_waiting_prospects
from app.jobs.watch import read_sites_again
from app.models import (
    Company,
    Decision,
    DecisionOutcome,
    Page,
    Passage,
    Prospect,
    SiteChange,
    SiteWatch,
    Task,
    TaskKind,
)
from app.services.companies import find_or_add_company
from app.services.decisions import Verdict, decide
from app.services.optouts import opt_out_site
from app.services.prospects import NewProspect, add_prospect
from app.services.watch import set_watch_points
from scoring.embedder import HashingEmbedder
from tests.integration.test_pipeline import CountingEmbedder
from tests.world import make_profile, make_program, make_user


def html(title: str, text: str, links: str = "") -> str:
    return (
        f'<html lang="en"><head><title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p>{links}'
        "</main></body></html>"
    )


HOME = html(
    "Kiln",
    "Kiln is a studio of nine people in Leeds. We like tea, long walks and finished work, and we have been doing this "
    "together since the spring of 2014, for clients who stay with us for many years because we answer the phone.",
    '<p><a href="/services">Services</a> <a href="/about">About</a></p>',
)
SERVICES = html(
    "Services",
    "We build online shops for merchants who sell ceramics, tea and furniture. Our team designs the storefront, moves "
    "the catalog over, and stays on to keep those online shops fast for the merchants who own them.",
)
OTHER_SERVICES = html(
    "Services",
    "From this spring on we only photograph weddings, and nothing else is on offer here any longer, as kind as your "
    "request may be. Ask us about dates in early summer, which are the ones that are taken first every year.",
)
ABOUT = html(
    "About",
    "Nine people, two dogs, one coffee machine. We grew up along the canal and never quite left it, which is why the "
    "office window looks out on the water, and why the boat on our letterhead has the name of our first dog.",
)


class Kiln:
    """A program with one prospect, its site, and the jobs that read and score it."""

    def __init__(self, server: HTTPServer) -> None:
        self.server, self.embedder = server, CountingEmbedder()
        with transaction() as session:
            self.owner = make_user(session)
            self.program = make_program(session, self.owner)
            make_profile(session, self.program)
            set_watch_points(session, self.program, 5, actor=self.owner)
            company = find_or_add_company(session, domain="kiln.example")
            self.prospect: Prospect = add_prospect(
                session,
                NewProspect(program_id=self.program.id, company_id=company.id, source="t", owner_id=self.owner.id),
            )

    def serve(self, services: str | None, *, home: str = HOME, status: int = 200) -> None:
        self.server.clear()
        self.server.expect_request("/robots.txt").respond_with_data("", status=404)
        self.server.expect_request("/").respond_with_data(home, content_type="text/html", status=status)
        self.server.expect_request("/about").respond_with_data(ABOUT, content_type="text/html")
        gone = services is None
        answer = {"content_type": "text/html", "status": 404 if gone else 200}
        self.server.expect_request("/services").respond_with_data(services or "<p>no such page</p>", **answer)

    def read_again(self) -> list[str]:
        """Let the site fall due, read and score it; return what was embedded."""
        self.embedder.texts.clear()
        read_sites_again()
        with transaction() as session:
            session.execute(update(SiteWatch).values(due_at=now() - timedelta(minutes=1)))
            session.execute(update(Company).values(read_at=now() - timedelta(days=40)))
        read_sites_again()
        self.work()
        return list(self.embedder.texts)

    def work(self) -> None:
        drain_crawls()
        embed_waiting_sites(self.embedder)
        score_waiting_prospects(self.embedder)

    def tasks(self) -> list[Task]:
        with reading() as session:
            return list(session.scalars(select(Task).order_by(Task.id)))

    def changes(self) -> list[tuple[str, str]]:
        with reading() as session:
            return [(row.kind.value, row.url) for row in session.scalars(select(SiteChange).order_by(SiteChange.id))]

    def count(self, model: type) -> int:
        with reading() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def kiln(database_url: str, queue_url: str, tmp_path: Path, httpserver: HTTPServer) -> Kiln:
    hosts = {"kiln.example": httpserver.url_for("").rstrip("/")}
    runtime.start(
        Settings(
            database_url=database_url,
            redis_url=queue_url,
            data_dir=tmp_path,
            embedding_model=HashingEmbedder.model_id,
            scraper_delay_s=0.0,
            scraper_host_map=hosts,
            crawl_threads=2,
        )
    )
    world = Kiln(httpserver)
    world.serve(SERVICES)
    world.work()
    return world


def test_only_what_changed_is_embedded_and_one_task_names_the_cause(kiln: Kiln) -> None:
    assert kiln.read_again() == []
    assert (kiln.changes(), kiln.tasks()) == ([], [])
    kiln.serve(OTHER_SERVICES)
    texts = kiln.read_again()
    assert len(texts) == 1
    assert "photograph weddings" in texts[0]
    assert kiln.changes() == [("page_changed", "https://kiln.example/services")]
    (task,) = kiln.tasks()
    assert (task.assignee_id, task.prospect_id) == (kiln.owner.id, kiln.prospect.id)
    assert "fit score fell from" in task.title
    assert "https://kiln.example/services changed" in task.detail
    kiln.embedder.texts.clear()
    kiln.read_again()
    assert len(kiln.tasks()) == 1


def test_a_cited_page_that_is_gone_makes_one_task_with_both_reasons(kiln: Kiln) -> None:
    kiln.serve(None)
    kiln.read_again()
    assert kiln.changes() == [("page_gone", "https://kiln.example/services")]
    (task,) = kiln.tasks()
    assert "a page that the fit score cites is gone" in task.title
    assert "status 404" in task.detail
    assert "The fit score fell from" in task.detail
    assert kiln.count(Page) == 2


def test_a_site_that_is_down_has_lost_nothing(kiln: Kiln) -> None:
    passages = kiln.count(Passage)
    kiln.serve(SERVICES, status=503)
    kiln.read_again()
    assert (kiln.changes(), kiln.tasks()) == ([], [])
    assert (kiln.count(Page), kiln.count(Passage)) == (3, passages)


def test_a_decision_keeps_what_the_reviewer_saw(kiln: Kiln) -> None:
    with transaction() as session:
        prospect = session.get_one(Prospect, kiln.prospect.id)
        verdict = Verdict(outcome=DecisionOutcome.APPROVE, reason_codes=("strong_fit",))
        decide(session, prospect, verdict, by_user_id=kiln.owner.id)
    before = _receipt()
    kiln.serve(OTHER_SERVICES)
    kiln.read_again()
    # An approval makes tasks of its own.
    assert [task.kind for task in kiln.tasks()].count(TaskKind.SITE_CHANGE) == 1
    assert _receipt() == before


def _receipt() -> tuple[object, ...]:
    with reading() as session:
        row = session.scalars(select(Decision)).one()
        return row.score, row.page_hashes, row.model_id, row.fit_score_id, row.profile_version


def test_an_owner_who_opted_out_is_never_read_again(kiln: Kiln) -> None:
    kiln.read_again()
    kiln.serve(OTHER_SERVICES)
    kiln.read_again()
    with transaction() as session:
        opt_out_site(session, "kiln.example", actor_id=None)
    assert kept_of_the_site() == {}
    kiln.serve(SERVICES)
    kiln.read_again()
    assert [kiln.count(model) for model in (SiteChange, SiteWatch, Page)] == [0, 0, 0]


def kept_of_the_site() -> dict[str, str]:
    """Every column of the database that still holds seven words in a row of what the site said, or a vector."""
    said = " ".join(" ".join(re.sub("<[^>]+>", " ", page) for page in (HOME, SERVICES, OTHER_SERVICES, ABOUT)).split())
    words = said.split()
    runs = {" ".join(words[place : place + 7]) for place in range(len(words) - 6)}
    kept = {}
    with reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    text = " ".join(str(value).split())
                    if isinstance(value, bytes) or any(run in text for run in runs):
                        kept[f"{table.name}.{column}"] = text[:200]
    return kept
