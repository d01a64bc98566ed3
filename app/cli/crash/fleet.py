"""The processes of the crash test: web, mail workers and a reader of events, each in a group that is killed as one."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass
class Fleet:
    """The product's processes with one environment; logs go into the folder."""

    environment: Mapping[str, str]
    folder: Path
    mail_workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    others: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0

    def start_web(self, port: int) -> None:
        """Start the web process that takes the provider's posts."""
        self.others.append(
            self._start(
                "web", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
                "--threads", "4", "--timeout", "60", "--no-control-socket",
            )
        )  # fmt: skip

    def start_event_worker(self) -> None:
        """Start the worker that reads the posts."""
        self.others.append(self._start("events", "app.jobs.worker", "events", "default"))

    def start_mail_worker(self) -> None:
        """Start one more mail worker."""
        self.mail_workers.append(self._start("mail", "app.jobs.worker", "mail"))

    def kill_one(self, dice: random.Random) -> str:
        """Kill a mail worker with its children, or its child alone; return what was killed.

        A worker that was killed is replaced at once; one that lost its child goes on by itself.
        """
        worker = dice.choice(self.mail_workers)
        children = _children_of(worker.pid)
        self.kills += 1
        if children and dice.random() < 0.5:
            for child in children:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            return "the child of a worker"
        self._kill_group(worker)
        self.mail_workers.remove(worker)
        self.start_mail_worker()
        return "a worker and its children"

    def stop(self) -> None:
        """End everything that is left."""
        for process in [*self.mail_workers, *self.others]:
            self._kill_group(process)
        self.mail_workers.clear()
        self.others.clear()

    def died(self) -> list[str]:
        """Return the processes that ended without being killed, which is a fault of the product."""
        return [str(process.args) for process in [*self.mail_workers, *self.others] if process.poll() is not None]

    def _start(self, name: str, *module: str) -> subprocess.Popen[bytes]:
        settings = [f"{key}={value}" for key, value in self.environment.items()]
        with (self.folder / f"{name}.log").open("ab") as log:
            # `env` adds ours to the environment this command was started in, and becomes the program itself.
            return subprocess.Popen(
                ["env", *settings, sys.executable, "-m", *module],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _kill_group(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process and all it has forked. RQ puts each child into a session of its own, so they are named."""
        children = _children_of(process.pid)
        for pid in [process.pid, *children]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def _children_of(pid: int) -> list[int]:
    """Return the processes that a process has forked, and those that they have (Linux)."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    children = [int(child) for child in found]
    return [*children, *(grandchild for child in children for grandchild in _children_of(child))]
