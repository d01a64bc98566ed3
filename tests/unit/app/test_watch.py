"""Change watch without a crawler: the schedule, the baseline a movement is measured from, what is kept of a page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Company,
    Crawl,
    CrawlState,
    FitProfile,
    FitScore,
    Program,
    Prospect,
    SiteChange,
    SiteWatch,
    Stage,
    Task,
    TaskState,
)
from app.queries.watch import pair_passages
from app.services.crawls import finish_crawl
from app.services.recrawls import MAX_WAITING, PORTION, next_due, request_due_crawls, watch_new_sites
from app.services.sites import record_site
from app.services.watch import note_score
from scrapers.changes import MAX_CHARS, MAX_PASSAGES, compare_texts
from scrapers.report import GonePage, SiteReport
from tests.unit.app.test_sites import page, report
from tests.world import make_profile, make_program, make_prospect, make_user

PERIOD = timedelta(days=30)
TODAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TODAY, tick=True) as coordinates:
        yield coordinates


@pytest.fixture
def prospect(session: Session, clock: time_machine.Traveller) -> Prospect:
    owner = make_user(session)
    return make_prospect(session, make_program(session, owner), "acme.example", owner_id=owner.id)


def read(session: Session, prospect: Prospect, site: SiteReport) -> None:
    crawl = Crawl(company_id=prospect.company_id, state=CrawlState.READING)
    session.add(crawl)
    session.flush()
    assert record_site(session, crawl.id, site)
    session.get_one(Company, prospect.company_id).read_at = now()
    finish_crawl(session, crawl, CrawlState.DONE, outcome="readable", detail="")
    session.flush()


def score(session: Session, prospect: Prospect, value: float | None, profile: FitProfile, **values: object) -> FitScore:
    defaults: dict[str, object] = {"model_id": "m/1", "parts": [], "why_null": "" if value is not None else "parked"}
    row = FitScore(prospect_id=prospect.id, profile_id=profile.id, score=value, **(defaults | values))
    session.add(row)
    session.flush()
    note_score(session, prospect, row)
    return row


def tasks(session: Session) -> list[Task]:
    return list(session.scalars(select(Task).order_by(Task.id)))


def test_small_moves_add_up_and_are_told_once(session: Session, prospect: Prospect) -> None:
    profile = make_profile(session, _program(session, prospect))
    for number, value in enumerate((50.0, 54.0, 58.0, 61.0, 63.0, 72.5)):
        read(session, prospect, report(page("/", f"Text number {number}")))
        score(session, prospect, value, profile)
    assert [task.title for task in tasks(session)] == [
        "Acme: fit score rose from 50.0 to 61.0",
        "Acme: fit score rose from 61.0 to 72.5",
    ]


def _program(session: Session, prospect: Prospect) -> Program:
    return session.get_one(Program, prospect.program_id)


def test_a_move_without_a_change_of_the_site_is_none_of_ours(session: Session, prospect: Prospect) -> None:
    profile = make_profile(session, _program(session, prospect))
    read(session, prospect, report(page("/", "Same")))
    score(session, prospect, 50.0, profile)
    read(session, prospect, report(page("/", "Same")))
    score(session, prospect, 90.0, profile)
    assert tasks(session) == []


def test_another_model_is_another_yardstick(session: Session, prospect: Prospect) -> None:
    profile = make_profile(session, _program(session, prospect))
    read(session, prospect, report(page("/", "One")))
    score(session, prospect, 50.0, profile)
    read(session, prospect, report(page("/", "Two")))
    score(session, prospect, 90.0, profile, model_id="m/2")
    assert tasks(session) == []


def test_a_score_that_is_lost_is_told(session: Session, prospect: Prospect) -> None:
    profile = make_profile(session, _program(session, prospect))
    read(session, prospect, report(page("/", "One")))
    score(session, prospect, 50.0, profile)
    read(session, prospect, report(page("/", "Two")))
    score(session, prospect, None, profile)
    assert [task.title for task in tasks(session)] == ["Acme: fit score 50.0 is gone (parked)"]


def test_a_closed_task_stays_closed_and_off_board_prospects_get_none(session: Session, prospect: Prospect) -> None:
    profile = make_profile(session, _program(session, prospect))
    cited = {"url": "https://acme.example/a", "start": 0, "end": 3, "quote": "One", "points": 9.0}
    cites = [{"id": "t", "label": "t", "points": 9.0, "of": 9.0, "citations": [cited]}]
    read(session, prospect, report(page("/", "Home"), page("/a", "One")))
    score(session, prospect, 50.0, profile, parts=cites)
    read(session, prospect, report(page("/", "Home"), gone=(GonePage("https://acme.example/a", "status 404"),)))
    (task,) = tasks(session)
    task.state = TaskState.DONE
    score(session, prospect, 20.0, profile)
    assert [row.detail for row in tasks(session)] == [task.detail]
    assert "fell" not in task.detail
    prospect.stage = Stage.DECLINED
    read(session, prospect, report(page("/", "Elsewhere")))
    score(session, prospect, 90.0, profile)
    assert len(tasks(session)) == 1


def test_a_page_this_reading_did_not_meet_stays(session: Session, prospect: Prospect) -> None:
    read(session, prospect, report(page("/", "Home"), page("/post", "A post")))
    read(session, prospect, report(page("/", "Home")))
    assert [row.kind for row in session.scalars(select(SiteChange))] == []
    read(session, prospect, report(page("/", "Home"), page("/new", "New")))
    assert [(row.kind.value, row.added) for row in session.scalars(select(SiteChange))] == [("page_added", ["New"])]


def test_due_sites_are_asked_for_in_portions_and_spread(
    session: Session, prospect: Prospect, clock: time_machine.Traveller
) -> None:
    program = _program(session, prospect)
    for number in range(PORTION + 5):
        made = make_prospect(session, program, f"c{number}.example")
        company = session.get_one(Company, made.company_id)
        company.read_at, company.crawl_state = now(), CrawlState.DONE
    assert watch_new_sites(session, period=PERIOD) == PORTION + 5
    assert request_due_crawls(session, period=PERIOD) == 0
    days = {watch.due_at.date() for watch in session.scalars(select(SiteWatch))}
    assert len(days) > 5
    clock.move_to(TODAY + PERIOD * 1.3)
    assert request_due_crawls(session, period=PERIOD) == PORTION
    assert request_due_crawls(session, period=PERIOD) == 5
    assert request_due_crawls(session, period=PERIOD) == 0
    session.add_all(Crawl(company_id=_company(session, f"w{n}.example").id) for n in range(MAX_WAITING))
    session.flush()
    session.execute(update(SiteWatch).values(due_at=now() - PERIOD))
    assert request_due_crawls(session, period=PERIOD) == 0


def _company(session: Session, domain: str) -> Company:
    company = Company(domain=domain, name=domain, website=f"https://{domain}/")
    session.add(company)
    session.flush()
    return company


def test_off_board_rarer_and_unrecruited_or_opted_out_never(
    session: Session, prospect: Prospect, clock: time_machine.Traveller
) -> None:
    company = session.get_one(Company, prospect.company_id)
    nobodys = _company(session, "nobody.example")
    refused = make_prospect(session, _program(session, prospect), "refused.example")
    stays_away = session.get_one(Company, refused.company_id)
    for known in (company, nobodys, stays_away):
        known.read_at, known.crawl_state = now(), CrawlState.DONE
    watch_new_sites(session, period=PERIOD)
    stays_away.opted_out_at = now()
    prospect.stage = Stage.WITHDRAWN
    for days in (37, 80):
        clock.move_to(TODAY + timedelta(days=days))
        assert request_due_crawls(session, period=PERIOD) == 0
    assert {row.company_id for row in session.scalars(select(SiteWatch))} == {company.id, nobodys.id}
    clock.move_to(TODAY + PERIOD * 4 * 1.3)
    assert request_due_crawls(session, period=PERIOD) == 1
    assert session.scalars(select(Crawl.company_id)).all() == [company.id]


@given(st.integers(1, 10**6), st.integers(0, 10**9))
def test_a_site_is_due_about_a_period_later(company_id: int, second: int) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    assert PERIOD * 0.8 <= next_due(company_id, moment, period=PERIOD) - moment <= PERIOD * 1.2


@given(st.lists(st.text(max_size=30), max_size=40), st.lists(st.text(max_size=30), max_size=40))
def test_what_is_kept_of_a_change_is_verbatim_and_bounded(old: list[str], new: list[str]) -> None:
    before, after = "\n".join(old), "\n".join(new)
    found = compare_texts(before, after)
    plain = [" ".join(line.split()) for line in after.split("\n")]
    assert all(passage in plain for passage in found.added)
    assert len(found.removed) == min(MAX_PASSAGES, found.removed_count)
    assert compare_texts(before, before).removed_count == 0
    assert compare_texts(before, "\n".join(reversed(before.split("\n")))).added_count == 0


def test_a_long_passage_is_cut_and_a_reworded_one_shows_its_words() -> None:
    assert [len(passage) for passage in compare_texts("", "x" * 5000).added] == [MAX_CHARS]
    edits, removed, added = pair_passages(
        ["We build online shops for merchants", "Call us"], ["We build fast online shops for merchants", "Weddings"]
    )
    assert [(run.how, run.text) for run in edits[0]] == [
        ("same", "We build"), ("added", "fast"), ("same", "online shops for merchants"),
    ]  # fmt: skip
    assert (removed, added) == (("Call us",), ("Weddings",))
