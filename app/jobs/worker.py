"""How a worker process starts: `python -m app.jobs.worker QUEUE…`.

Small jobs run in a forked child each, so that one that leaks or dies takes nothing with it. Two queues are different:
`fit` keeps the embedding model in memory, which a fork per job would load every time, and `crawl` runs many threads,
which do not survive a fork. Their jobs run in the worker process itself.
"""

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence

from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker
from sqlalchemy.orm import configure_mappers

from app import dispatch
from app.config import Settings, SettingsError
from app.dispatch import Job, Queue
from app.jobs import runtime

IN_PROCESS = frozenset({Queue.FIT, Queue.CRAWL})
AT_START = {Queue.CRAWL: Job.DRAIN_CRAWLS, Queue.FIT: Job.DRAIN_FIT, Queue.MAIL: Job.DRAIN_MAIL}


class MixedQueues(Exception):
    """Queues that need a fork per job were put together with queues that must not have one."""


def worker_class(queues: Sequence[Queue]) -> type[BaseWorker]:
    """Return the RQ worker that suits these queues. Raises MixedQueues when no one worker suits all of them."""
    in_process = [queue for queue in queues if queue in IN_PROCESS]
    if not in_process:
        return Worker
    if len(in_process) < len(queues):
        others = ", ".join(sorted(set(queues) - IN_PROCESS))
        raise MixedQueues(f"{', '.join(in_process)} and {others} need different workers: start one for each")
    return SimpleWorker


def make_worker(queues: Sequence[Queue]) -> BaseWorker:
    """Return a worker for these queues, in order of urgency. It carries JSON: a pickle could run code when read."""
    return worker_class(queues)(
        [dispatch.queue_named(queue) for queue in queues],
        connection=dispatch.connection(),
        serializer=JSONSerializer,
    )


def _load_jobs(queues: Sequence[Queue]) -> None:
    """Load the jobs' code once, before the fork: each child would spend half a second on it otherwise.

    The rows' relations are worked out here too: left to a child, that is the first thing it does in a transaction, and
    on SQLite every other writer waits a tenth of a second for it.
    """
    for job in Job:
        if job.value.queue in queues:
            importlib.import_module(job.value.path.rpartition(".")[0])
    configure_mappers()
    # What is loaded stays: a child need not go through all of it, nor copy its pages, each time it looks for garbage.
    gc.collect()
    gc.freeze()


def main(arguments: Sequence[str]) -> int:
    """Work until told to stop. Returns the exit code: 2 where the settings or the queues cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m app.jobs.worker", description="Run jobs from the given queues.")
    parser.add_argument("queues", nargs="+", choices=[queue.value for queue in Queue], metavar="QUEUE")
    queues = [Queue(name) for name in parser.parse_args(arguments).queues]
    try:
        runtime.start(Settings.from_env(os.environ))
        worker = make_worker(queues)
    except (SettingsError, MixedQueues) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if worker_class(queues) is Worker:
        _load_jobs(queues)
    # Work may wait that nobody rings for any more: left by a worker that died, or made stale by a change of model.
    for queue in queues:
        if queue in AT_START:
            dispatch.ring(AT_START[queue])
    worker.work(logging_level="WARNING")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
