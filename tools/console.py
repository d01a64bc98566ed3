"""What `./run` says, and how it waits for other programs without falling silent."""

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HEARTBEAT_S = 10.0
_TAIL_LINES = 25
_NOISE = ("warning", "npm warn")  # kept for the case of failure, no sign of progress


class Refused(Exception):
    """`./run` cannot go on; the message names the thing, the cause and the next step."""


def say(text: str = "") -> None:
    """Print a line at once: whoever waits, reads along."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what begins now, and how many seconds it took."""
    say(f"• {title} …")
    begun = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - begun:.1f} s")


def run_alive(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    next_step: str,
    heartbeat_s: float = HEARTBEAT_S,
) -> None:
    """Run a long program quietly: its newest line every `heartbeat_s` seconds, all of its end where it fails.

    Raises Refused with the last lines and `next_step` when the program is missing or fails.
    """
    try:
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise Refused(f"{command[0]} cannot be started ({error.strerror}). {next_step}") from None
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    reader = threading.Thread(target=_keep_tail, args=(process, tail), daemon=True)
    reader.start()
    try:
        _wait_aloud(process, tail, heartbeat_s)
    finally:
        _end(process)
        reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()
    if process.returncode:
        ending = "\n".join(f"    {line}" for line in tail)
        raise Refused(f"{ending}\n{' '.join(command[:4])} … failed (exit code {process.returncode}). {next_step}")


def _keep_tail(process: "subprocess.Popen[str]", tail: "deque[str]") -> None:
    for line in process.stdout or ():
        if line.strip():
            tail.append(line.rstrip())


def _wait_aloud(process: "subprocess.Popen[str]", tail: "deque[str]", heartbeat_s: float) -> None:
    begun = time.monotonic()
    while True:
        try:
            process.wait(timeout=heartbeat_s)
            return
        except subprocess.TimeoutExpired:
            newest = next((line.strip()[:90] for line in reversed(tail) if not line.lower().startswith(_NOISE)), "…")
            say(f"    {time.monotonic() - begun:4.0f} s  {newest}")


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.terminate()
        process.wait()
