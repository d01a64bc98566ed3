"""Measure the application form: its size and server time, and forms a second, none lost, also without a queue server.

    python -m bench.apply                      50 forms a second for a minute, with the queue server and without it
    python -m bench.apply --seconds 10 --rate 50

The web server runs as `./run` starts it, on this machine, with the client and, in the first round, a worker that sends
the mails. Each form comes from an address and a mailbox of its own, as the limits would turn one sender away. The rate
is kept whatever the answers take; a time counts from when a form was due. Returns 1 where a budget is broken.
"""

import argparse
import asyncio
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select

from app import db
from app.clock import now
from app.db import transaction
from app.models import Application, Notice, Program, ProgramPage, ProgramTerms, ProgramType
from bench.stack import ROOT, Stack, running_stack
from bench.webhook import Answers, post_all
from tools.parts import answers as answers_requests

SLUG = "bench"
SIZE_BUDGET_BYTES, SERVER_BUDGET_S = 50_000, 0.030
PAGES, LOOKS = 20, 200
TERMS = "We pay each month. You tell your readers that you earn. Either of us may end it with a month's notice."
_HIDDEN = re.compile(r'name="(csrf_token|terms_id|started)" type="hidden" value="([^"]*)"')
_FILES = re.compile(r'(?:href|src)="(/[^"]+\.(?:css|js))"')


def prepare() -> None:
    """Add a program whose page is open."""
    with transaction() as session:
        program = Program(slug=SLUG, name="Bench", type=ProgramType.AGENCY)
        session.add(program)
        session.flush()
        session.add(ProgramTerms(program_id=program.id, version=1, text=TERMS))
        offer = {"headline": "Earn with us", "how_much": "25 %", "how_often": "monthly", "for_what": "every sale"}
        session.add(ProgramPage(program_id=program.id, slug=SLUG, is_open=True, tried_at=now(), **offer))


def look(port: int) -> tuple[list[float], int, list[tuple[str, str]]]:
    """Open the page many times; return the times, the bytes before images, and what PAGES visitors got to send back."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times, visitors, text = [], [], ""
    for number in range(LOOKS):
        began = time.perf_counter()
        connection.request("GET", f"/apply/{SLUG}")
        answer = connection.getresponse()
        text = answer.read().decode()
        times.append(time.perf_counter() - began)
        if number < PAGES:
            cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            hidden = {name: unescape(value) for name, value in _HIDDEN.findall(text)}
            visitors.append((cookie, urlencode(hidden)))
    weight = len(text.encode())
    for path in set(_FILES.findall(text)):
        connection.request("GET", path)
        weight += len(connection.getresponse().read())
    connection.close()
    return times, weight, visitors


def form_of(number: int, visitor: tuple[str, str], *, round_: str) -> bytes:
    """Return a whole request: a form that nobody sent before, from an address and over a connection of its own."""
    cookie, hidden = visitor
    person = {
        "name": f"Ada Byrne {number}",
        "email": f"ada{number}@{round_}{number}.example",
        "company_name": f"Harbor {number}",
        "website": f"{round_}{number}.example",
        "accepts_terms": "y",
        "submit_key": f"{round_}-{number}",
        "action": "send",
    }
    body = f"{hidden}&{urlencode(person)}".encode()
    head = (
        f"POST /apply/{SLUG} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nCookie: {cookie}\r\nConnection: close\r\n"
        f"X-Forwarded-For: 10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}\r\n\r\n"
    )
    return head.encode() + body


def measure_round(stack: Stack, name: str, arguments: argparse.Namespace) -> bool:
    """Start the web server, look at the page, send forms, count what was kept; say whether every budget holds."""
    port = free_port()
    wanted = int(arguments.seconds * arguments.rate)
    before = kept()
    with web_server(stack, port) as web:
        times, weight, visitors = look(port)
        middle = sorted(times)[len(times) // 2]
        late = sorted(times)[int(len(times) * 0.95)]
        print(f"{name}: page {weight:,} bytes before images, {middle * 1000:.1f} ms (p95 {late * 1000:.1f} ms)")
        time.sleep(3.5)  # a form that comes back sooner is not a person's
        requests = [form_of(number, visitors[number % PAGES], round_=name) for number in range(wanted)]
        began, used = time.perf_counter(), cpu_s(web.pid)
        answers: Answers = asyncio.run(post_all(port, requests, rate=arguments.rate))
        took, used = time.perf_counter() - began, cpu_s(web.pid) - used
    after = kept()
    applications, notices = after[0] - before[0], after[1] - before[1]
    print(f"{name}: {wanted:,} forms in {took:.1f} s ({wanted / took:.0f} a second), {dict(Counter(answers.statuses))}")
    p50, p99, worst = (answers.percentile(share) * 1000 for share in (0.5, 0.99, 1.0))
    print(f"{name}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {worst:.0f} ms")
    print(f"{name}: {used / wanted * 1000:.1f} ms of processor time a form in the web server")
    print(f"{name}: {applications:,} applications and {notices:,} mails kept of {wanted:,}", flush=True)
    is_whole = applications == notices == wanted and answers.statuses == {303: wanted}
    is_light = weight <= SIZE_BUDGET_BYTES and middle <= SERVER_BUDGET_S
    return is_whole and is_light and took < arguments.seconds * 1.1 + 1


@contextmanager
def web_server(stack: Stack, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the web server as `./run` starts it."""
    command = (
        sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", "2", "--threads", "8", "--timeout", "60", "--graceful-timeout", "4", "--keep-alive", "5",
        "--preload", "--no-control-socket",
    )  # fmt: skip
    with (Path(stack.environment["DATA_DIR"]) / "web.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=stack.environment, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 120
            while not answers_requests("127.0.0.1", port):
                if time.monotonic() > deadline or process.poll() is not None:
                    raise SystemExit(f"the web server did not come up; see {log.name}")
                time.sleep(0.2)
            yield process
        finally:
            process.terminate()
            process.wait()


def cpu_s(pid: int) -> float:
    """Return the seconds of processor time that a process and its children have used (Linux)."""
    pids = [str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    ticks = 0
    for each in pids:
        fields = Path(f"/proc/{each}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def kept() -> tuple[int, int]:
    """Return how many applications and mails the database holds."""
    with db.reading() as session:
        return (
            session.scalar(select(func.count()).select_from(Application)) or 0,
            session.scalar(select(func.count()).select_from(Notice)) or 0,
        )


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Measure both rounds and say whether every budget holds."""
    parser = argparse.ArgumentParser(prog="python -m bench.apply")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=50)
    arguments = parser.parse_args()
    extra = {"TRUSTED_PROXIES": "1", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), host_map={}, extra=extra) as stack:
        prepare()
        stack.start_worker("mail", "mail")
        good = measure_round(stack, "with-queue", arguments)
        stack.kill("mail")
        stack.environment["REDIS_URL"] = f"unix://{folder}/nobody-listens.sock"
        good = measure_round(stack, "without-queue", arguments) and good
    print("within budget" if good else "NOT within budget")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
