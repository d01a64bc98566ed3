"""How fast the ledger plans and sends.

    ./run bench outreach [--enrollments 1000000 --due 10000] [--messages 10000 --workers 4]
                         [--database-url postgresql+psycopg://…]

Without a database URL it runs on SQLite files that are thrown away; with one, on a database made on that server.
The rate is judged beside the ceiling of the provider, measured in the same run: as many posts from as many processes,
one at a time each, with nothing but the transport.
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import ColumnElement, func, insert, literal, select, text
from sqlalchemy.orm import Session

from app import db, dispatch
from app.cli.crash.fleet import Fleet
from app.cli.crash.provider import FakeProvider
from app.cli.crash.run import start_queue
from app.cli.crash.world import fill, migrate
from app.cli.crash_test import drop_database, fresh_database
from app.clock import now
from app.db import UtcDateTime
from app.dispatch import Job
from app.models import Contact, Enrollment, Message, MessageState, Prospect
from app.models.columns import by_value
from app.models.sequence import EnrollmentState
from app.services import keys, links
from app.services.ledger.planning import BATCH, due_enrollments
from outreach.transports.message import Mailbox
from outreach.transports.message import Message as Mail
from outreach.transports.sendgrid import SendgridTransport

ANSWER_S = 0.05


def main() -> int:
    """Measure what was asked for; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--enrollments", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--database-url", default="")
    given = parser.parse_args()
    keys.configure("bench-only-secret-key-of-no-worth-at-all")
    links.configure("http://127.0.0.1")
    is_met = True
    if given.enrollments:
        with database(given.database_url) as _folder:
            is_met &= measure_due_query(given.enrollments, given.due)
    if given.messages:
        with database(given.database_url) as folder:
            is_met &= measure_sending(folder, messages=given.messages, workers=given.workers)
    return 0 if is_met else 1


@contextmanager
def database(server: str) -> Iterator[Path]:
    """Connect to an empty, migrated database and give a folder for what else is needed."""
    with tempfile.TemporaryDirectory(prefix="sb-bench-") as name:
        url = fresh_database(server, seed=0) if server else f"sqlite+pysqlite:///{name}/bench.db"
        db.configure(url)
        migrate()
        try:
            yield Path(name)
        finally:
            db.dispose()
            if server:
                drop_database(url)


def measure_due_query(enrollments: int, due: int) -> bool:
    """Ask for the due ones of a million enrollments, as the planner does and for all of them."""
    begun = time.monotonic()
    with db.transaction() as session:
        fill(session, messages=1)
        _multiply(session, enrollments, due)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    print(f"{enrollments:,} enrollments, {due:,} due, made in {time.monotonic() - begun:.0f} s")
    medians = []
    for name, limit in (("a planner's batch", BATCH), ("all that are due", due)):
        times = [_time_due(limit, expected=min(limit, due)) for _ in range(20)]
        medians.append(statistics.median(times))
        print(f"  due query, {name} ({limit:,}): median {medians[-1]:.1f} ms, worst {max(times):.1f} ms (target 50)")
    return max(medians) <= 50


def _time_due(limit: int, *, expected: int) -> float:
    with db.reading() as session:
        begun = time.perf_counter()
        found = session.connection().execute(due_enrollments(now(), limit=limit)).scalars().all()
        spent_ms = (time.perf_counter() - begun) * 1000
    if len(found) != expected:
        raise SystemExit(f"{len(found)} were found due instead of {expected}")
    return spent_ms


def _multiply(session: Session, number: int, due: int) -> None:
    """Add contacts of one company and their enrollments, made by the database itself."""
    [only] = session.scalars(select(Enrollment)).all()
    prospect = session.get_one(Prospect, only.prospect_id)
    numbers = select(literal(2).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < number))
    moment = now()

    def at(hours: int) -> ColumnElement[datetime]:
        return literal(moment + timedelta(hours=hours), UtcDateTime())

    session.execute(
        insert(Contact).from_select(
            ["id", "company_id", "key", "created_at"],
            select(numbers.c.n, literal(prospect.company_id), text("'person' || n"), at(0)),
        )
    )
    columns = ["program_id", "prospect_id", "contact_id", "sequence_id", "version_id", "sender_id"]
    for condition, hours in ((numbers.c.n <= due, -1), (numbers.c.n > due, 240)):
        rows = select(
            literal(only.program_id),
            literal(only.prospect_id),
            numbers.c.n,
            literal(only.sequence_id),
            literal(only.version_id),
            literal(only.sender_id),
            literal(EnrollmentState.ACTIVE, by_value(EnrollmentState)),
            literal(""),
            literal(""),
            at(hours),
            text("'{}'"),
            text("'{}'"),
            text("'token' || n"),
            at(0),
        ).where(condition)
        names = [*columns, "state", "reason", "detail", "next_at", "rescheduled", "quote", "token", "enrolled_at"]
        session.execute(insert(Enrollment).from_select(names, rows, include_defaults=False))


def measure_sending(folder: Path, *, messages: int, workers: int) -> bool:
    """Send through real workers to a provider on loopback that answers after 50 ms."""
    with db.transaction() as session:
        fill(session, messages=messages)
    with ExitStack() as stack:
        provider = FakeProvider(seed=1, silence_s=1.0, on_taken=lambda _mail: None, shares={}, quick_s=ANSWER_S)
        provider.start()
        stack.callback(provider.stop)
        environment = {
            "APP_ENV": "development",
            "DATABASE_URL": db.engine().url.render_as_string(hide_password=False),
            "REDIS_URL": start_queue(stack, folder),
            "DATA_DIR": str(folder),
            "SENDGRID_API_KEY": "bench",
            "SENDGRID_API_HOST": provider.url,
        }
        fleet = Fleet(environment, folder)
        stack.callback(fleet.stop)
        for _ in range(workers):
            fleet.start_mail_worker()
        dispatch.ring(Job.PLAN_OUTREACH)
        seconds = _watch(messages)
        taken = Counter(mail.to_address for mail in provider.books.copy())
        fleet.stop()
        ceiling = _ceiling(provider.url, posts=messages, processes=workers)
    not_once = messages - sum(times == 1 for times in taken.values())
    rate, target = messages / seconds, min(100.0, 0.8 * ceiling)
    print(f"{messages:,} mails, {workers} workers, {ANSWER_S * 1000:.0f} ms an answer: {seconds:.1f} s, first to last")
    print(f"  the provider's ceiling, {messages:,} bare posts from {workers} processes: {ceiling:.1f} a second")
    print(f"  with the ledger {rate:.1f} a second, {rate / ceiling:.0%} of it (target {target:.1f})")
    print(f"  not sent exactly once: {not_once}; load average {', '.join(f'{each:.1f}' for each in os.getloadavg())}")
    return rate >= target and not_once == 0


def _ceiling(url: str, *, posts: int, processes: int) -> float:
    """Return how many mails a second the provider takes from processes that do nothing but post them, one at a time."""
    share = posts // processes
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    posting = [context.Process(target=_post, args=(url, share, ready)) for _ in range(processes)]
    for process in posting:
        process.start()
    ready.wait()
    begun = time.monotonic()
    for process in posting:
        process.join()
    return share * processes / (time.monotonic() - begun)


def _post(url: str, posts: int, ready: Barrier) -> None:
    """Post mails of the size that the ledger's have."""
    transport = SendgridTransport("bench", host=url)
    mail = Mail(
        sender=Mailbox("sender@mail.example", "Sender"),
        to=Mailbox("partner@bare.example"),
        subject="A site and us",
        text="Hello, shall we talk? " * 30,
        html="<p>Hello, shall we talk?</p>" * 30,
        reference="0" * 32,
    )
    ready.wait()
    for _ in range(posts):
        transport.send(mail)


def _watch(messages: int) -> float:
    """Wait until all are accepted; return the seconds from the first to the last. Rings as the sweeper would."""
    first, accepted, rung_at = 0.0, 0, time.monotonic()
    while accepted < messages:
        time.sleep(0.2)
        with db.reading() as session:
            query = select(func.count()).select_from(Message).where(Message.state == MessageState.ACCEPTED)
            accepted = session.scalar(query) or 0
        if accepted and not first:
            first = time.monotonic() - 0.2
        if time.monotonic() - rung_at > 10:
            rung_at = time.monotonic()
            dispatch.ring(Job.PLAN_OUTREACH)
            dispatch.ring(Job.DRAIN_MAIL, 0)
    return time.monotonic() - first


if __name__ == "__main__":
    sys.exit(main())
