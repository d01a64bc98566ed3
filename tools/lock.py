"""Refuse to start twice: one `./run` on a data folder, one program on a port."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.console import Refused


@contextmanager
def only_instance(data_dir: Path, address: str) -> Iterator[None]:
    """Hold the data folder. Raises Refused, naming the holder, when another instance works on it.

    The kernel lets go of the lock when this process ends, however it ends: a stale lock file locks nobody out.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "run.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"The data folder {data_dir} cannot be used ({error.strerror}). Give another: --data DIR"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "another ./run"
            raise Refused(
                f"{holder} already works on the data folder {data_dir}.\n"
                "Stop it first (Ctrl-C there), or give this one a folder of its own: ./run --data DIR --port PORT"
            ) from None
        lock.truncate(0)
        lock.write(f"Scoutboard at {address} (process {os.getpid()})\n")
        lock.flush()
        yield


def check_port(host: str, port: int) -> None:
    """Raise Refused when a program cannot listen there, and say why and what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(_port_problem(error, host, port)) from None


def _port_problem(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Stop it, or choose another port: --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs special rights. Choose one above 1023: ./run --port 8000"
    return f"Nothing can listen on {host} port {port} ({error.strerror}). Check --host and --port."


def free_port(preferred: int) -> int:
    """Return `preferred` if nothing listens there on loopback, else a port that the kernel gives."""
    for candidate in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Refused("This machine has no free port on 127.0.0.1.")
