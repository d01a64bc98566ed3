"""The supervisor of `./run` with small real processes: order, restarts, and nothing left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.console import Refused
from tools.parts import Part
from tools.sessions import members
from tools.supervisor import Stopping, Supervisor

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="sessions are listed through /proc, which only Linux has")

# Says that it is up, then waits; on SIGTERM it notes its name in the journal and ends.
POLITE = """
import pathlib, signal, sys, time
name, journal = sys.argv[1], pathlib.Path(sys.argv[2])
def end(*_):
    with journal.open("a") as log: log.write(f"-{name}\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
with journal.open("a") as log: log.write(f"+{name}\\n")
while True: time.sleep(0.05)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
# Starts a child that ignores SIGTERM in a process group of its own, as RQ's worker does with its work horse.
PARENT = f"""
import os, signal, subprocess, sys, time
subprocess.Popen([sys.executable, "-S", "-c", {STUBBORN!r}], process_group=0)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def told() -> list[str]:
    """What the supervisor said."""
    return []


@pytest.fixture
def supervisor(tmp_path: Path, told: list[str]) -> Iterator[Supervisor]:
    """A supervisor that leaves nothing running after the test, whatever happened in it."""
    made = Supervisor(cwd=ROOT, env=dict(os.environ), log_dir=tmp_path / "logs", tell=told.append)
    yield made
    made.hurry.set()
    made.stop_all()


def script(name: str, program: str, *arguments: str, **options: object) -> Part:
    """Return a part that runs a Python program."""
    command = (sys.executable, "-S", "-c", textwrap.dedent(program), *arguments)
    return Part(name=name, command=command, **({"tier": 0, "stop_s": 5.0} | options))  # type: ignore[arg-type]


def has_said(supervisor: Supervisor, name: str, word: str) -> Callable[[], bool]:
    """Return a readiness check: the part has printed a word."""
    return lambda: word in supervisor.last_words(name)


def has_noted(journal: Path, name: str) -> Callable[[], bool]:
    """Return a readiness check: the part has written its name to the journal."""
    return lambda: journal.exists() and f"+{name}" in journal.read_text()


def wait_for(happened: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something is so; fail where it takes too long."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def test_parts_start_in_order_and_stop_in_reverse(supervisor: Supervisor, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    for tier, name in enumerate(("queue", "web", "clock")):
        supervisor.start(script(name, POLITE, name, str(journal), tier=tier, is_ready=has_noted(journal, name)))
    supervisor.stop_all()
    assert journal.read_text().split() == ["+queue", "+web", "+clock", "-clock", "-web", "-queue"]
    assert supervisor.pids() == {}


def test_a_part_that_dies_is_started_again_and_its_last_words_are_told(
    supervisor: Supervisor, told: list[str], tmp_path: Path
) -> None:
    once = tmp_path / "once"
    program = f"""
        import pathlib, sys, time
        if not pathlib.Path({str(once)!r}).exists():
            pathlib.Path({str(once)!r}).touch()
            sys.exit("the disk is full")
        time.sleep(60)
    """
    supervisor.start(script("web", program))
    wait_for(lambda: supervisor.check() or any("started again" in line for line in told))
    assert told[0] == "✗ web ended with exit code 1; starting it again in 1 s. Its last words:"
    assert told[1].strip() == "the disk is full"
    assert "web" in supervisor.pids()


def test_the_wait_grows_with_every_death(supervisor: Supervisor, told: list[str]) -> None:
    supervisor.start(script("web", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    wait_for(lambda: supervisor.check() or sum("✗" in line for line in told) == 2)
    waits = [line for line in told if line.startswith("✗")]
    assert "was killed by SIGKILL; starting it again in 1 s" in waits[0]
    assert "in 2 s" in waits[1]


def test_a_part_that_ends_while_starting_is_refused_with_its_reason(supervisor: Supervisor) -> None:
    part = script("web", "import sys; sys.exit('no such setting: COLOR')", is_ready=lambda: False)
    with pytest.raises(Refused, match=r"no such setting: COLOR\nThe part “web” ended with exit code 1 while starting"):
        supervisor.start(part)


def test_a_part_that_stays_silent_is_refused(supervisor: Supervisor) -> None:
    with pytest.raises(Refused, match="“web” gave no sign of life in 0 s"):
        supervisor.start(script("web", "import time; time.sleep(60)", is_ready=lambda: False, ready_s=0.1))


def test_a_stubborn_part_is_killed_after_its_time(supervisor: Supervisor) -> None:
    supervisor.start(script("web", STUBBORN, is_ready=has_said(supervisor, "web", "up"), stop_s=0.2))
    pid = supervisor.pids()["web"]
    begun = time.monotonic()
    supervisor.stop_all()
    assert 0.4 <= time.monotonic() - begun < 25
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_second_request_to_stop_ends_the_patience(supervisor: Supervisor) -> None:
    supervisor.start(script("web", STUBBORN, is_ready=has_said(supervisor, "web", "up"), stop_s=30))
    supervisor.hurry.set()
    begun = time.monotonic()
    supervisor.stop_all()
    assert time.monotonic() - begun < 25


@linux
def test_children_of_a_part_do_not_outlive_it(supervisor: Supervisor) -> None:
    supervisor.start(script("worker", PARENT, is_ready=lambda: supervisor.last_words("worker").count("up") == 2))
    session = supervisor.pids()["worker"]
    assert len(members(session)) == 2
    supervisor.stop_all()
    assert members(session) == []


@linux
def test_children_of_a_part_that_died_are_gone_before_it_starts_again(supervisor: Supervisor, told: list[str]) -> None:
    supervisor.start(script("worker", PARENT, is_ready=lambda: supervisor.last_words("worker").count("up") == 2))
    session = supervisor.pids()["worker"]
    os.kill(session, signal.SIGKILL)
    wait_for(lambda: supervisor.check() or told)
    assert members(session) == []


@linux
def test_parts_end_when_the_supervisor_is_killed_outright(tmp_path: Path) -> None:
    driver = f"""
        import os, sys, time
        from pathlib import Path
        from tools.parts import Part
        from tools.supervisor import Supervisor
        supervisor = Supervisor(cwd=Path("."), env=dict(os.environ), log_dir=Path({str(tmp_path)!r}))
        supervisor.start(Part(name="web", tier=0, command=(sys.executable, "-S", "-c", "import time; time.sleep(60)")))
        print(supervisor.pids()["web"], flush=True)
        time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(driver)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        part = int(process.stdout.readline())  # type: ignore[union-attr]
        assert members(part) == [part]
        process.kill()
    wait_for(lambda: not members(part))


def test_a_preparation_that_fails_says_why(supervisor: Supervisor) -> None:
    with pytest.raises(Refused, match=r"no such table\nThe step “migrations” failed \(ended with exit code 1\)"):
        supervisor.run_once("migrations", sys.executable, "-S", "-c", "import sys; sys.exit('no such table')")


def test_a_preparation_ends_when_asked_to_stop(supervisor: Supervisor) -> None:
    supervisor.stopping.set()
    begun = time.monotonic()
    with pytest.raises(Stopping):
        supervisor.run_once("migrations", sys.executable, "-S", "-c", "import time; time.sleep(60)")
    assert time.monotonic() - begun < 30


def test_what_is_brief_is_not_started_again(supervisor: Supervisor, told: list[str], tmp_path: Path) -> None:
    supervisor.start(script("brief", "print('done')", is_brief=True))
    supervisor.start(script("lasting", POLITE, "lasting", str(tmp_path / "journal")))
    wait_for(lambda: supervisor.check() or set(supervisor.pids()) == {"lasting"})
    assert (told, "done" in supervisor.last_words("brief")) == ([], True)
