"""`./run` as a person uses it: one whole start and stop, with the demo, on the servers this run tests."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from tools.lock import free_port
from tools.sessions import members

ROOT = Path(__file__).parents[2]
PARTS = {"web", "mailer", "listener", "worker", "crawler", "scorer", "scheduler", "demo-sites", "database", "demo"}


class Terminal:
    """A running `./run` and what it has said so far."""

    def __init__(self, data: Path, env: dict[str, str]) -> None:
        """Start it on a free port with a data folder of its own."""
        self.port = free_port(0)
        self.process = subprocess.Popen(
            [sys.executable, "run", "--port", str(self.port), "--data", str(data)], cwd=ROOT, env=os.environ | env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.said = ""
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.said += line

    def wait_for(self, happened: Callable[[], object], seconds: float = 90) -> None:
        """Wait until something is so; fail with everything that was said where it takes too long."""
        deadline = time.monotonic() + seconds
        while not happened():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Press Ctrl-C, and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        self._reader.join(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def page(self, path: str) -> str:
        """Return a page of the product."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return str(answer.read().decode())


@pytest.fixture
def terminal(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """`./run` with the demo, on the database and queue server of this test run."""
    named = os.environ.get("SCOUTBOARD_TEST_REDIS_URL", "")
    # This process's own queue database: another one's tests must not lose their jobs to the workers started here.
    redis_url = request.getfixturevalue("queue_url") if named else ""
    started = Terminal(tmp_path / "data", {"DATABASE_URL": database_url, "REDIS_URL": redis_url})
    yield started
    if started.process.poll() is None:
        started.stop(signal.SIGTERM)


def processes_with(text: str) -> list[int]:
    """Return the live processes whose environment holds a text; only Linux tells."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (entry / "environ").read_bytes() and members_of_one(int(entry.name)):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def members_of_one(pid: int) -> bool:
    """Return whether a process lives; a zombie does not."""
    return pid in members(os.getsid(pid))


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="orphans are looked for in /proc, which only Linux has")
def test_run_starts_everything_mends_what_dies_and_leaves_nothing(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for(lambda: "Ctrl-C stops everything." in terminal.said, seconds=200)
    assert f"http://localhost:{terminal.port}" in terminal.said
    assert "theo@example.com" in terminal.said
    assert {path.stem for path in (tmp_path / "data" / "logs").iterdir()} >= PARTS
    assert "Sign in" in terminal.page("/login")

    second = subprocess.run(
        [sys.executable, "run", "--port", str(free_port(0)), "--data", str(tmp_path / "data")],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert second.returncode == 1
    assert re.search(
        r"Scoutboard at http://localhost:\d+ \(process \d+\) already works on the data folder", second.stderr
    )

    mark = f"DATA_DIR={tmp_path / 'data'}"
    scheduler = [
        pid for pid in processes_with(mark) if b"app.jobs.scheduler" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    os.kill(scheduler[0], signal.SIGKILL)
    terminal.wait_for(lambda: "↻ scheduler is started again" in terminal.said)
    assert "✗ scheduler was killed by SIGKILL; starting it again in 1 s" in terminal.said

    assert terminal.stop() == 0
    assert "Stopped. Everything is kept in" in terminal.said
    assert processes_with(mark) == []
