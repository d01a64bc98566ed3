"""End processes and everything in their sessions, so that no grandchild outlives them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

_POLL_S = 0.02
_DEATH_S = 5.0


def end_sessions(leaders: "Sequence[subprocess.Popen[bytes]]", *, patience_s: float, hurry: Event) -> None:
    """Ask the leaders of sessions to end, ask again after `patience_s`, kill what is left after as long again.

    `hurry` ends the patience at once. A leader that is dead already has its session swept all the same.
    """
    for _ in range(2):
        for leader in leaders:
            if leader.poll() is None:
                _send(leader.pid, signal.SIGTERM)
        _wait(leaders, patience_s, hurry)
    for leader in leaders:
        _kill_session(leader)
        leader.wait()


def _wait(leaders: "Sequence[subprocess.Popen[bytes]]", seconds: float, hurry: Event) -> None:
    deadline = time.monotonic() + seconds
    while any(leader.poll() is None for leader in leaders) and time.monotonic() < deadline and not hurry.is_set():
        time.sleep(_POLL_S)


def _kill_session(leader: "subprocess.Popen[bytes]") -> None:
    """Kill every process of the session; elsewhere than on Linux, of the leader's process group.

    A forking worker's child has a process group of its own but stays in the session. Looks again until nobody is
    left: a process can start another while it is being listed, and a killed one needs a moment to be gone.
    """
    if sys.platform == "linux":
        deadline = time.monotonic() + _DEATH_S
        while (left := members(leader.pid)) and time.monotonic() < deadline:
            for pid in left:
                _send(pid, signal.SIGKILL)
            time.sleep(_POLL_S)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader.pid, signal.SIGKILL)


def members(session: int) -> list[int]:
    """Return the ids of the live processes of a session, as Linux tells them."""
    return [pid for pid, state, of_session in _all_processes() if of_session == session and state != "Z"]


def _all_processes() -> list[tuple[int, str, int]]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):  # it ended while we looked
            # The name in parentheses may hold spaces; the fields after it are: state, parent, group, session.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            found.append((int(entry.name), fields[0], int(fields[3])))
    return found


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
