"""Every job has code, a queue, and a worker that `./run` starts for it; nothing on the way can be a pickle."""

import importlib

import pytest
from rq.serializers import JSONSerializer

from app import dispatch
from app.dispatch import Job, JobSpec, Queue
from app.jobs.worker import IN_PROCESS, MixedQueues, make_worker, worker_class
from tools.parts import WORKER_GROUPS

CONSUMED = [queue for queues in WORKER_GROUPS.values() for queue in queues]


def test_every_queue_is_consumed_by_exactly_one_group_of_run() -> None:
    assert sorted(CONSUMED) == sorted(queue.value for queue in Queue)


@pytest.mark.parametrize("job", Job)
def test_every_job_leads_to_code_on_a_consumed_queue(job: Job) -> None:
    spec: JobSpec = job.value
    module, _, function = spec.path.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
    assert spec.queue.value in CONSUMED
    assert spec.timeout_s > 0


@pytest.mark.parametrize("group", WORKER_GROUPS)
def test_every_group_of_run_has_one_kind_of_worker(group: str) -> None:
    queues = [Queue(name) for name in WORKER_GROUPS[group]]
    in_process = worker_class(queues).__name__ == "SimpleWorker"
    assert in_process == bool(IN_PROCESS & set(queues))


def test_nothing_waits_behind_what_may_take_hours() -> None:
    """The sweeper, imports and mail have their minutes; the copy of everything has a process of its own."""
    long = {job.value.queue for job in Job if job.value.timeout_s > 1200}
    for queues in WORKER_GROUPS.values():
        shares = long & {Queue(name) for name in queues}
        assert not shares or len(queues) == 1
    assert {job.value.queue for job in Job if job.value.timeout_s <= 1200}.isdisjoint(long)


def test_a_forking_and_an_in_process_queue_do_not_share_a_worker() -> None:
    with pytest.raises(MixedQueues, match="fit and mail need different workers"):
        worker_class([Queue.FIT, Queue.MAIL])


def test_queues_and_workers_carry_json_only(queue_url: str) -> None:
    assert dispatch.queue_named(Queue.DEFAULT).serializer is JSONSerializer
    assert make_worker([Queue.DEFAULT]).serializer is JSONSerializer
    assert dispatch.ring(Job.SWEEP)
    stored = dispatch.queue_named(Queue.DEFAULT).jobs[0]
    assert dispatch.connection().hget(stored.key, "data")[:1] != b"\x80", "the payload is a pickle"
