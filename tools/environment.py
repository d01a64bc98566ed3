"""The Python environment in `.venv`: made once, filled again only when a requirements file changes."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.console import Refused, run_alive, say, step

RUNTIME = ("requirements.txt",)
# Python compiles what it imports and keeps it; compiling all of torch ahead takes half of pip's time. Where it may keep
# nothing, every process would compile anew.
_COMPILING = () if sys.dont_write_bytecode else ("--no-compile",)
DEVELOPMENT = ("requirements.txt", "requirements-int8.txt", "requirements-dev.txt")


def ensure_environment(root: Path, *, with_development: bool = False) -> Path:
    """Return the path of the environment's Python, after making and filling it where needed.

    Raises Refused when venv is missing or pip fails.
    """
    venv = root / ".venv"
    python = venv / "bin" / "python"
    with alone(root):
        if not _works(python):
            _make(venv)
        wanted = DEVELOPMENT if with_development else RUNTIME
        stamp = venv / f".installed-{'development' if with_development else 'runtime'}"
        if not _is_fresh(stamp, root, wanted):
            _install(python, root, wanted[-1])
            _write_stamps(venv, root, with_development=with_development)
    return python


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Let one `./run` at a time install; two pips, or two npms, in one folder spoil each other's work."""
    with (root / RUNTIME[0]).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("• Another ./run is installing; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    version = subprocess.run(
        [str(python), "-c", "import sys, pip; print(*sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return version.returncode == 0 and version.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _make(venv: Path) -> None:
    with step(f"Making a Python environment in {venv.name} (Python {sys.version_info[0]}.{sys.version_info[1]})"):
        run_alive(
            [sys.executable, "-m", "venv", "--clear", str(venv)],
            cwd=venv.parent,
            next_step="Python's venv module is needed; on Debian and Ubuntu: apt install python3-venv",
        )


def _install(python: Path, root: Path, requirements: str) -> None:
    with step(f"Installing {requirements} (a few minutes the first time; torch alone is 200 MB and more)"):
        run_alive(
            [str(python), "-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check",
             *_COMPILING, "--no-input", "-r", requirements],
            cwd=root,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            next_step="Look at the lines above, check the network, and start ./run again: it goes on where it was.",
        )  # fmt: skip


def fingerprint(paths: list[Path]) -> str:
    """Return one hash over the given files' names and contents; a missing file raises Refused."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in paths:
        try:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        except OSError as error:
            raise Refused(f"{path} cannot be read ({error.strerror}); is this a complete clone?") from None
    return digest.hexdigest()


def is_stamped(stamp: Path, mark: str) -> bool:
    """Return whether the work that `mark` stands for was finished before."""
    return stamp.exists() and stamp.read_text(encoding="utf-8").strip() == mark


def _is_fresh(stamp: Path, root: Path, names: tuple[str, ...]) -> bool:
    return is_stamped(stamp, fingerprint([root / name for name in names]))


def _write_stamps(venv: Path, root: Path, *, with_development: bool) -> None:
    """Stamp what is installed now; the development requirements contain the others."""
    done = {"runtime": RUNTIME} | ({"development": DEVELOPMENT} if with_development else {})
    for name, files in done.items():
        mark = fingerprint([root / file for file in files])
        (venv / f".installed-{name}").write_text(mark + "\n", encoding="utf-8")
