"""Nothing is lost with the queue: forgotten rows are found and rung for again."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app import dispatch
from app.clock import now, today
from app.config import Settings
from app.db import transaction
from app.dispatch import Job, Queue, dispatch_after_commit, queue_named
from app.jobs import runtime
from app.jobs.sweep import sweep
from app.models import Crawl, CrawlState, MoveEvent, Prospect, Stage
from app.services import document_store
from app.services.crawls import claim_crawl, request_crawl
from app.services.fit import request_score
from app.services.moves import move_prospect
from tests.world import make_program, make_prospect


@pytest.fixture
def prospect(database_url: str, queue_url: str, tmp_path: Path) -> Prospect:
    runtime.start(Settings(database_url=database_url, redis_url=queue_url, data_dir=tmp_path))
    with transaction() as session:
        return make_prospect(session, make_program(session))


def rung(queue: Queue) -> list[str]:
    return [job.func_name for job in queue_named(queue).jobs]


def age(hours: int = 1) -> dict[str, object]:
    return {"requested_at": now() - timedelta(hours=hours)}


def test_the_doorbell_rings_after_the_commit_and_once(prospect: Prospect) -> None:
    with transaction() as session:
        request_crawl(session, prospect.company_id)
        dispatch_after_commit(session, Job.DRAIN_CRAWLS)
        session.flush()
        assert rung(Queue.CRAWL) == []
    assert rung(Queue.CRAWL) == [Job.DRAIN_CRAWLS.value.path]


def test_a_savepoint_neither_rings_early_nor_forgets(prospect: Prospect) -> None:
    with transaction() as session:
        dispatch_after_commit(session, Job.DRAIN_CRAWLS)
        with session.begin_nested():
            session.get_one(Prospect, prospect.id).source = "changed"
        assert rung(Queue.CRAWL) == []
        session.begin_nested().rollback()
    assert rung(Queue.CRAWL) == [Job.DRAIN_CRAWLS.value.path]


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path) -> None:
    document_store.configure(tmp_path)


def test_a_rolled_back_request_rings_nothing(prospect: Prospect) -> None:
    def break_off() -> None:
        with transaction() as session:
            request_crawl(session, prospect.company_id)
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        break_off()
    with transaction():
        pass
    assert rung(Queue.CRAWL) == []


def test_a_flushed_queue_loses_nothing(prospect: Prospect) -> None:
    with transaction() as session:
        request_crawl(session, prospect.company_id)
        request_score(session, session.get_one(Prospect, prospect.id))
    dispatch.connection().flushdb()
    assert sweep() == 0, "rows this young were rung for by their own transaction"
    with transaction() as session:
        session.execute(update(Crawl).values(**age()))
        session.execute(update(Prospect).values(fit_requested_at=now() - timedelta(hours=1)))
    assert sweep() == 2
    assert rung(Queue.CRAWL) == [Job.DRAIN_CRAWLS.value.path]
    assert rung(Queue.FIT) == [Job.DRAIN_FIT.value.path]


def test_a_dead_workers_lease_is_found(prospect: Prospect) -> None:
    with transaction() as session:
        request_crawl(session, prospect.company_id)
        claim_crawl(session)
        session.execute(update(Crawl).values(lease_until=now() - timedelta(seconds=1)))
    dispatch.connection().flushdb()
    assert sweep() == 1
    assert rung(Queue.CRAWL) == [Job.DRAIN_CRAWLS.value.path]


def test_finished_work_is_left_alone(prospect: Prospect) -> None:
    with transaction() as session:
        request_crawl(session, prospect.company_id)
        session.execute(update(Crawl).values(state=CrawlState.DONE, **age()))
    dispatch.connection().flushdb()
    assert sweep() == 0


def test_a_dormant_prospect_wakes_on_its_day(prospect: Prospect) -> None:
    with transaction() as session:
        sleeper = session.get_one(Prospect, prospect.id)
        move_prospect(
            session,
            sleeper,
            to_stage=Stage.DORMANT,
            event=MoveEvent.HAND,
            by_user_id=None,
            wake_up_on=today() + timedelta(days=1),
        )
    sweep()
    with transaction() as session:
        sleeper = session.get_one(Prospect, prospect.id)
        assert sleeper.stage is Stage.DORMANT
        sleeper.wake_up_on = today()
    sweep()
    with transaction() as session:
        assert session.get_one(Prospect, prospect.id).stage is Stage.SOURCED


def test_a_queue_server_that_is_down_fails_no_request(prospect: Prospect) -> None:
    dispatch.configure("unix:///nonexistent/valkey.sock")
    with transaction() as session:
        request_crawl(session, prospect.company_id)
    with transaction() as session:
        assert claim_crawl(session) is not None
