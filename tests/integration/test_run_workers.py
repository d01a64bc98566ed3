"""Worker processes and the scheduler, as `./run` starts them, on a real queue server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.job import Job as QueuedJob
from rq.job import JobStatus

from app import dispatch
from app.config import Settings
from app.dispatch import Job, Queue
from app.jobs import runtime
from app.jobs.scheduler import ring_until
from tools.valkey import arguments

ROOT = Path(__file__).parents[2]


@pytest.fixture
def start(database_url: str, queue_url: str, tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Return a function that starts a module on the test's database and queue server."""
    started: list[subprocess.Popen[str]] = []
    env = os.environ | {"DATABASE_URL": database_url, "REDIS_URL": queue_url, "DATA_DIR": str(tmp_path)}

    def start_module(module: str, *arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", module, *arguments]
        started.append(subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start_module
    for process in started:
        process.kill()
        process.communicate()


def wait_for(happened: Callable[[], object], process: "subprocess.Popen[str]", seconds: float = 40) -> None:
    """Wait until something is so; fail with the process's words where it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while not happened():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"it never happened; the process said: {process.communicate()[1]}")
        time.sleep(0.05)


def only_job(queue: Queue) -> QueuedJob:
    """Return the job that waits in a queue."""
    return dispatch.queue_named(queue).jobs[0]


@pytest.mark.services
@pytest.mark.parametrize(("queues", "kind"), [(["events", "default"], "forked"), (["fit"], "in process")])
def test_a_worker_does_a_job_and_stops_when_asked(
    start: Callable[..., "subprocess.Popen[str]"], queues: list[str], kind: str
) -> None:
    queue = dispatch.queue_named(Queue(queues[-1]))
    waiting = queue.enqueue_call("os.getpid", timeout=30, result_ttl=60)
    process = start("app.jobs.worker", *queues)
    wait_for(lambda: waiting.get_status(refresh=True) is JobStatus.FINISHED, process)
    ran_in_worker = waiting.return_value(refresh=True) == process.pid
    assert ran_in_worker == (kind == "in process")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert Worker.count(connection=dispatch.connection()) == 0


@pytest.mark.services
def test_a_job_that_kills_its_process_leaves_the_worker_alive(start: Callable[..., "subprocess.Popen[str]"]) -> None:
    queue = dispatch.queue_named(Queue.DEFAULT)
    deadly = queue.enqueue_call("os._exit", args=(1,), timeout=30)
    after = queue.enqueue_call("os.getpid", timeout=30, result_ttl=60)
    process = start("app.jobs.worker", "default")
    wait_for(lambda: after.get_status(refresh=True) is JobStatus.FINISHED, process)
    assert deadly.get_status(refresh=True) is JobStatus.FAILED
    assert process.poll() is None


@pytest.mark.services
def test_the_scheduler_rings_the_sweeper_at_once_and_stops_when_asked(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    process = start("app.jobs.scheduler")
    wait_for(lambda: dispatch.queue_named(Queue.DEFAULT).count, process)
    assert only_job(Queue.DEFAULT).func_name == Job.SWEEP.value.path
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0


@pytest.mark.services
@pytest.mark.parametrize(
    ("arguments", "env", "message"),
    [
        (["app.jobs.worker", "mail", "fit"], {}, "need different workers"),
        (["app.jobs.worker", "coffee"], {}, "invalid choice: 'coffee'"),
        (["app.jobs.worker", "mail"], {"CRAWL_THREADS": "many"}, "CRAWL_THREADS: 'many'"),
        (["app.jobs.scheduler"], {"CRAWL_THREADS": "many"}, "CRAWL_THREADS: 'many'"),
    ],
)
def test_a_process_that_cannot_work_says_why(arguments: list[str], env: dict[str, str], message: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, env=os.environ | env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert message in done.stderr


def test_the_scheduler_rings_every_period_and_counts_only_what_was_heard() -> None:
    stopping, rung = Event(), []

    def ring(job: Job) -> bool:
        rung.append(job)
        if len(rung) == 4:
            stopping.set()
        return len(rung) != 2

    assert ring_until(stopping, period_s=0.01, ring=ring) == 3
    assert rung == [Job.SWEEP] * 4


def test_settings_of_a_process_that_was_not_started_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_current", {})
    with pytest.raises(runtime.NotStarted):
        runtime.settings()


def test_a_started_process_knows_its_settings(
    database_url: str, queue_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_current", {})
    settings = Settings(database_url=database_url, redis_url=queue_url)
    runtime.start(settings)
    assert runtime.settings() is settings
    assert dispatch.connection().ping()


@pytest.mark.services
def test_the_embedded_queue_server_is_private_and_keeps_what_waits(tmp_path: Path) -> None:
    folder, address = tmp_path / "valkey", tmp_path / "v.sock"
    command = [sys.executable, "-m", "tools.valkey", str(folder), str(address)]
    for attempt in range(2):
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as server:
            client = Redis(unix_socket_path=str(address))
            _wait_for_ping(client)
            if attempt == 0:
                client.rpush("waiting", "a job")
                assert address.stat().st_mode & 0o777 == 0o700
                assert client.config_get("port")["port"] == "0"
            assert client.lrange("waiting", 0, -1) == [b"a job"]
            client.close()
            server.terminate()
    assert arguments(folder, address)[1:3] == ["--port", "0"]


def _wait_for_ping(client: "Redis") -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            client.ping()
            return
        except RedisError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
