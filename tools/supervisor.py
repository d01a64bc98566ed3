"""Keeps the parts of a running product alive: starts them in order, restarts what dies, leaves nothing behind.

Each part leads a session of its own, so that Ctrl-C in the terminal reaches this process alone and the order of
stopping is ours. Where the kernel can (Linux), a part is told to end when this process dies without a word.
"""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import IO, Any

from tools.console import Refused, say
from tools.parts import Part
from tools.sessions import end_sessions

LONGEST_BACKOFF_S = 30.0
HEALTHY_S = 60.0
_POLL_S = 0.05
_LOG_BYTES = 5_000_000
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Stopping(Exception):
    """The product was asked to stop while it was still starting."""


@dataclass(slots=True)
class _Running:
    """A part and its present process: None between a death and the next start."""

    part: Part
    process: "subprocess.Popen[bytes] | None" = None
    started_at_s: float = 0.0
    deaths: int = 0
    restart_at_s: float = 0.0


class Supervisor:
    """Starts, watches and stops parts. `stopping` ends the watch; `hurry` cuts the patience with parts short."""

    def __init__(
        self, *, cwd: Path, env: Mapping[str, str], log_dir: Path | None, tell: Callable[[str], None] = say
    ) -> None:
        """Run parts in `cwd` with `env`. Their output goes to one file each in `log_dir`, or to ours without one."""
        self.cwd, self.env, self.log_dir, self.tell = cwd, dict(env), log_dir, tell
        self.stopping, self.hurry = Event(), Event()
        self._running: list[_Running] = []

    def handle_signals(self) -> None:
        """Let SIGINT, SIGTERM and SIGHUP end the watch, and a second one end the patience."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: object) -> None:
        (self.hurry if self.stopping.is_set() else self.stopping).set()

    def run_once(self, name: str, *command: str, fine: tuple[int, ...] = (0,)) -> int:
        """Run a program of the preparation to its end and return its exit code.

        Raises Refused where that is not one of the `fine` ones, and Stopping when asked to stop meanwhile.
        """
        process = self._spawn(Part(name=name, command=command, tier=0))
        while process.poll() is None:
            if self.stopping.wait(_POLL_S):
                end_sessions([process], patience_s=2.0, hurry=self.hurry)
                raise Stopping
        if process.returncode not in fine:
            raise Refused(f"{self.last_words(name)}\nThe step “{name}” failed ({describe_exit(process.returncode)}).")
        return process.returncode

    def start(self, part: Part) -> None:
        """Start a part and wait until it is ready.

        Raises Refused where it ends or stays silent: a part that cannot even start needs a person, not a restart.
        """
        running = _Running(part)
        self._running.append(running)
        process = self._launch(running)
        deadline = time.monotonic() + part.ready_s
        while not part.is_ready():
            if process.poll() is not None:
                how = describe_exit(process.returncode)
                raise Refused(f"{self.last_words(part.name)}\nThe part “{part.name}” {how} while starting.")
            if time.monotonic() > deadline:
                words = self.last_words(part.name)
                raise Refused(f"{words}\nThe part “{part.name}” gave no sign of life in {part.ready_s:.0f} s.")
            if self.stopping.wait(_POLL_S):
                raise Stopping

    def watch(self) -> None:
        """Restart what dies, until `stopping` is set."""
        while not self.stopping.wait(_POLL_S * 4):
            self.check()

    def check(self) -> None:
        """Look at each part once: note a death, and start again what has waited long enough."""
        now_s = time.monotonic()
        for running in list(self._running):
            if running.process is not None and running.process.poll() is not None and running.part.is_brief:
                self._running.remove(running)
                end_sessions([running.process], patience_s=0, hurry=self.hurry)
            elif running.process is not None and running.process.poll() is not None:
                self._note_death(running, running.process, now_s)
            elif running.process is None and now_s >= running.restart_at_s:
                self._launch(running)
                self.tell(f"↻ {running.part.name} is started again")

    def _note_death(self, running: _Running, process: "subprocess.Popen[bytes]", now_s: float) -> None:
        end_sessions([process], patience_s=0, hurry=self.hurry)
        running.deaths = 1 if now_s - running.started_at_s > HEALTHY_S else running.deaths + 1
        wait_s = min(2.0 ** (running.deaths - 1), LONGEST_BACKOFF_S)
        running.process, running.restart_at_s = None, now_s + wait_s
        name = running.part.name
        self.tell(f"✗ {name} {describe_exit(process.returncode)}; starting it again in {wait_s:.0f} s. Its last words:")
        self.tell(self.last_words(name, lines=5) or "    (none)")

    def stop_all(self) -> None:
        """Stop every part, later tiers first, together with whatever the parts themselves had started."""
        self.stopping.set()
        for tier in sorted({running.part.tier for running in self._running}, reverse=True):
            group = [running for running in self._running if running.part.tier == tier]
            leaders = [running.process for running in group if running.process is not None]
            end_sessions(leaders, patience_s=max(running.part.stop_s for running in group), hurry=self.hurry)
        self._running.clear()

    def pids(self) -> dict[str, int]:
        """Return the process id of each part that runs now."""
        return {running.part.name: running.process.pid for running in self._running if running.process}

    def last_words(self, name: str, *, lines: int = 15) -> str:
        """Return the end of a part's log, indented; empty without a log folder."""
        if self.log_dir is None or not self._log_path(name).exists():
            return ""
        text = self._log_path(name).read_bytes()[-20_000:].decode(errors="replace")
        return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])

    def _launch(self, running: _Running) -> "subprocess.Popen[bytes]":
        running.process = self._spawn(running.part)
        running.started_at_s = time.monotonic()
        return running.process

    def _spawn(self, part: Part) -> "subprocess.Popen[bytes]":
        with self._log(part.name) as log:
            return subprocess.Popen(
                part.command,
                cwd=self.cwd,
                env=self.env | dict(part.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT if log else None,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def _log_path(self, name: str) -> Path:
        return (self.log_dir or self.cwd) / f"{name.replace(' ', '-')}.log"

    @contextmanager
    def _log(self, name: str) -> Iterator[IO[Any] | None]:
        if self.log_dir is None:
            yield None
            return
        self.log_dir.mkdir(parents=True, exist_ok=True)
        path = self._log_path(name)
        mode = "wb" if path.exists() and path.stat().st_size > _LOG_BYTES else "ab"
        with path.open(mode) as log:
            yield log


def describe_exit(code: int) -> str:
    """Return an exit code in words, with the signal's name where one ended the process."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _die_with_parent() -> None:
    """Ask the kernel to send SIGTERM to this fresh child when the supervisor dies, however it dies."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
