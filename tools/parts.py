"""The parts of a running Scoutboard: which processes there are, their order, and how each is known to be up."""

import http.client
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# One worker process for each group; the queues of a group in order of urgency. Every queue of app.dispatch.Queue is in
# one of them (tests/architecture compares): `fit` and `crawl` stand alone, see app/jobs/worker.py. Mail and the news of
# it have processes of their own, so that neither waits behind a long import or the other.
# Everything as one file may take two hours: it has a process of its own, or the sweeper would wait behind it.
WORKER_GROUPS = {
    "mailer": ("mail",),
    "listener": ("events",),
    "worker": ("default",),
    "copier": ("copies",),
    "crawler": ("crawl",),
    "scorer": ("fit",),
}

# The kernel keeps a unix socket's path in 108 bytes with a closing zero; macOS in 104.
SOCKET_PATH_BYTES = 103


def _at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process. Parts start by rising `tier` and stop by falling tier; those of one tier stop together.

    `is_ready` is asked until it says yes, for at most `ready_s` seconds. `stop_s` is how long the part may take over
    each of its two requests to end (the second means: drop what you are doing) before it is killed. One that `is_brief`
    ends by itself when its work is done, and is not started again.
    """

    name: str
    command: tuple[str, ...]
    tier: int
    env: Mapping[str, str] = field(default_factory=dict)
    is_ready: Callable[[], bool] = _at_once
    ready_s: float = 60.0
    stop_s: float = 5.0
    is_brief: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to start: where, on which data, with or without the demo sites and the embedded queue server."""

    python: Path
    host: str
    port: int
    data_dir: Path
    queue_url: str
    embedded_queue: bool
    sites_port: int | None


def socket_path(plan: Plan) -> Path:
    """Return the embedded queue server's socket, as app.config names it."""
    return Path(plan.queue_url.removeprefix("unix://"))


def queue_part(plan: Plan) -> Part:
    """Return the embedded Valkey."""
    path = socket_path(plan)
    command = (str(plan.python), "-m", "tools.valkey", str(plan.data_dir / "valkey"), str(path))
    return Part(name="queue", command=command, tier=0, is_ready=lambda: pings(path))


def sites_part(plan: Plan, host_map: Path) -> Part:
    """Return the server of the demo's prospect sites; it writes the host map when it is up."""
    command = (str(plan.python), "-m", "app.demo.server", "--port", str(plan.sites_port), "--write-map", str(host_map))
    return Part(name="demo sites", command=command, tier=1, is_ready=lambda: answers("127.0.0.1", plan.sites_port or 0))


def play_part(plan: Plan) -> Part:
    """Return the demo's people, who decide about some prospects as their first scores come in."""
    return Part(name="demo people", command=_python(plan, "flask", "--app", "wsgi", "play-demo"), tier=4, is_brief=True)


def product_parts(plan: Plan) -> list[Part]:
    """Return web, workers and scheduler, in the order they start."""
    workers = [
        Part(
            name=name,
            command=(str(plan.python), "-m", "app.jobs.worker", *queues),
            tier=3,
            env={"OMP_NUM_THREADS": "2", "TOKENIZERS_PARALLELISM": "false"},
        )
        for name, queues in WORKER_GROUPS.items()
    ]
    return [_web(plan), *workers, Part(name="scheduler", command=_python(plan, "app.jobs.scheduler"), tier=4)]


def _python(plan: Plan, *module: str) -> tuple[str, ...]:
    return (str(plan.python), "-m", *module)


def _web(plan: Plan) -> Part:
    bind = f"[{plan.host}]:{plan.port}" if ":" in plan.host else f"{plan.host}:{plan.port}"
    command = (
        *_python(plan, "gunicorn"), "wsgi:app", "--bind", bind, "--worker-class", "gthread", "--workers", "2",
        "--threads", "8", "--timeout", "60", "--graceful-timeout", "4", "--keep-alive", "5", "--preload",
        "--no-control-socket",
    )  # fmt: skip
    local = plan.host if plan.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 - compared, not bound
    return Part(name="web", command=command, tier=2, is_ready=lambda: answers(local, plan.port))


def answers(host: str, port: int) -> bool:
    """Return whether a web server there answers a request at all; what it answers is for people to see."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("HEAD", "/login")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def pings(path: Path) -> bool:
    """Return whether a queue server answers PING on a unix socket; one that still loads its file says no."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
