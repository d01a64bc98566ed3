"""The doorbell: tells workers that a table holds work, after the commit that put it there.

Jobs are known here by dotted path only, so that code that asks for work never imports the code that does it.
The table is the truth and the queue is a doorbell (DESIGN section 4): a ring that is lost costs a minute, until
the sweeper rings again; work is never lost with it.
"""

from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

import rq
import rq.serializers
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.log import get_logger

log = get_logger(__name__)


class Queue(StrEnum):
    """The queues; `run` starts a worker for each (a test compares)."""

    MAIL = "mail"
    CRAWL = "crawl"
    FIT = "fit"
    EVENTS = "events"
    COPIES = "copies"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Where a job's code is, which queue carries it, and after how long it is stopped."""

    path: str
    queue: Queue
    timeout_s: int
    # Waits in its queue once at most, however often it is rung for; it calls heard() before it looks at its table.
    is_coalesced: bool = False


class Job(Enum):
    """Every background job of the product."""

    DRAIN_CRAWLS = JobSpec("app.jobs.crawls.drain_crawls", Queue.CRAWL, 1200)
    DRAIN_FIT = JobSpec("app.jobs.fit.drain_fit", Queue.FIT, 1200)
    RUN_BACKTESTS = JobSpec("app.jobs.backtests.run_backtests", Queue.FIT, 900)
    RUN_BULK = JobSpec("app.jobs.bulk.run_bulk", Queue.DEFAULT, 300)
    RUN_IMPORT = JobSpec("app.jobs.imports.run_import", Queue.DEFAULT, 900)
    WRITE_COPY = JobSpec("app.jobs.whole_copies.write_whole_copy", Queue.COPIES, 7200)
    READ_COPY = JobSpec("app.jobs.whole_copies.read_whole_copy", Queue.COPIES, 7200)
    FIND_DUPLICATES = JobSpec("app.jobs.duplicates.find_duplicates", Queue.DEFAULT, 600)
    SEND_NOTICES = JobSpec("app.jobs.notices.send_notices", Queue.MAIL, 300)
    SWEEP = JobSpec("app.jobs.sweep.sweep", Queue.DEFAULT, 120)
    READ_POSTS = JobSpec("app.jobs.events.read_posts", Queue.EVENTS, 600, is_coalesced=True)
    READ_MAIL = JobSpec("app.jobs.inbound.read_mail", Queue.EVENTS, 600, is_coalesced=True)
    PLAN_OUTREACH = JobSpec("app.jobs.outreach.plan_outreach", Queue.MAIL, 300, is_coalesced=True)
    # Its argument is a lane: each lane that finds more than it can take rings for the next one.
    DRAIN_MAIL = JobSpec("app.jobs.outreach.drain_mail", Queue.MAIL, 300)
    RUN_ENROLLMENTS = JobSpec("app.jobs.enrolling.run_enrollments", Queue.DEFAULT, 300)
    FETCH_IMAP = JobSpec("app.jobs.imap.fetch_imap", Queue.DEFAULT, 600, is_coalesced=True)


_connections: dict[str, Redis] = {}
# A job that was lost with its queue is rung for again after this long.
BELL_S = 60


def configure(url: str) -> Redis:
    """Name the queue server; the connection is made when first used. Returns the client."""
    dispose()
    _connections["default"] = Redis.from_url(url, socket_connect_timeout=2, health_check_interval=30)
    return _connections["default"]


def dispose() -> None:
    """Forget the connection, so that tests and forked processes start with their own."""
    previous = _connections.pop("default", None)
    if previous is not None:
        previous.close()


def connection() -> Redis:
    """Return the client of the queue server; KeyError before configure()."""
    return _connections["default"]


def queue_named(name: Queue) -> rq.Queue:
    """Return an RQ queue that carries JSON, never pickles: a queue server must not be able to run code."""
    return rq.Queue(name.value, connection=connection(), serializer=rq.serializers.JSONSerializer)


def ring(job: Job, *args: int | str) -> bool:
    """Enqueue a job now. Returns False when the queue server is out of reach; the sweeper will ring again."""
    spec: JobSpec = job.value
    try:
        if spec.is_coalesced and not connection().set(_bell(job), 1, nx=True, ex=BELL_S):
            return True
        queue_named(spec.queue).enqueue_call(
            spec.path,
            args=args,
            timeout=spec.timeout_s,
            result_ttl=60,
            failure_ttl=86_400,
            description=job.name,
        )
    except (RedisError, KeyError) as error:
        log.warning("doorbell_failed", job=job.name, cause=str(error))
        return False
    return True


def heard(job: Job) -> None:
    """Let the bell of a coalesced job ring again; called by the job before it looks at its table.

    Who rings from now on may have committed what this run does not see any more.
    """
    with suppress(RedisError, KeyError):  # the bell goes silent by itself after BELL_S
        connection().delete(_bell(job))


def _bell(job: Job) -> str:
    return f"scoutboard:bell:{job.name}"


def dispatch_after_commit(session: Session, job: Job, *args: int | str) -> None:
    """Ring once this session's transaction is committed; a rolled-back one rings nothing.

    The same job with the same arguments rings once a transaction, however often it is asked for.
    """
    waiting: dict[tuple[Any, ...], None] = session.info.setdefault("doorbells", {})
    waiting[(job, *args)] = None


@event.listens_for(Session, "after_commit")
def _ring_waiting(session: Session) -> None:
    # The event also comes when a savepoint is released, while nothing is committed yet.
    if session.in_nested_transaction():
        return
    for job, *args in session.info.pop("doorbells", {}):
        ring(job, *args)


@event.listens_for(Session, "after_rollback")
def _forget_waiting(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop("doorbells", None)
