"""The product's own mail: each notice is held by one worker, sent at least once, and gives up with a reason."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine

from app import dispatch
from app.config import MailTransport, Settings
from app.db import reading, transaction
from app.jobs import runtime
from app.jobs.notices import send_notices, send_one, transport_of
from app.models import Notice, NoticeState, SuppressionReason
from app.services.errors import Conflict, NotFound
from app.services.notices import (
    LEASE,
    MAX_ATTEMPTS,
    ClaimedNotice,
    claim_notices,
    post_notice,
    record_failure,
    record_sent,
    send_again,
)
from app.services.suppressions import suppress
from outreach.transports.message import Accepted, Mailbox, Message, NotSent, Refused, Uncertain
from tests.conftest import NO_QUEUE
from tests.world import make_user

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SENDER = Mailbox("hello@example.com")
TEXT = "Open https://example.com/reset/abcdefghijklmnopqrstuvwxyz0123456789 now."


class FakeTransport:
    """Remembers what it was given and fails the way it was told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.sent: list[Message] = []

    def send(self, message: Message) -> Accepted:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        return Accepted(provider_id="x")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def post(address: str = "ada@example.com", text: str = TEXT) -> int:
    with transaction() as session:
        return post_notice(session, kind="password_reset", to_address=address, subject="Hi", text=text).id


def claim() -> list[ClaimedNotice]:
    with transaction() as session:
        return claim_notices(session)


def stored(notice_id: int) -> Notice:
    with reading() as session:
        return session.get_one(Notice, notice_id)


def test_a_claimed_notice_is_nobody_elses(database: Engine, clock: time_machine.Traveller) -> None:
    notice_id = post()
    assert [claimed.id for claimed in claim()] == [notice_id]
    assert claim() == []


def test_dead_workers_notice_is_taken_up_and_its_late_word_does_not_count(
    database: Engine, clock: time_machine.Traveller
) -> None:
    notice_id = post()
    (dead,) = claim()
    clock.shift(LEASE + timedelta(seconds=1))
    (living,) = claim()
    assert (living.id, living.attempt) == (notice_id, 2)
    with transaction() as session:
        assert record_failure(session, dead, cause="too late") is False
        assert record_sent(session, living, kept=False) is True
    assert stored(notice_id).state is NoticeState.SENT
    assert stored(notice_id).error == ""


def test_link_leaves_with_the_mail_but_stays_in_the_outbox(database: Engine, clock: time_machine.Traveller) -> None:
    sent, kept = post(), post()
    first, second = claim()
    with transaction() as session:
        record_sent(session, first, kept=False)
        record_sent(session, second, kept=True)
    assert "abcdefghijklmnopqrstuvwxyz" not in stored(sent).text
    assert "/reset/(removed after sending) now." in stored(sent).text
    assert stored(kept).text == TEXT


def test_failures_back_off_then_wait_for_a_person(database: Engine, clock: time_machine.Traveller) -> None:
    notice_id = post()
    waits = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (claimed,) = claim()
        assert claimed.attempt == attempt
        with transaction() as session:
            record_failure(session, claimed, cause=f"no luck {attempt}")
        row = stored(notice_id)
        if row.state is NoticeState.FAILED:
            break
        assert claim() == []
        waits.append((row.not_before_at - row.created_at).total_seconds() - sum(waits))
        clock.move_to(row.not_before_at)
    assert waits == [60, 120, 300, 900, 1800]
    assert (stored(notice_id).state, stored(notice_id).error) == (NoticeState.FAILED, f"no luck {MAX_ATTEMPTS}")


def test_failed_notice_can_be_sent_again_and_nothing_else_can(database: Engine, clock: time_machine.Traveller) -> None:
    notice_id = post()
    (claimed,) = claim()
    with transaction() as session:
        admin_id = make_user(session).id
        with pytest.raises(Conflict):
            send_again(session, notice_id, actor_id=admin_id)
        record_failure(session, claimed, cause="refused", is_final=True)
        send_again(session, notice_id, actor_id=admin_id)
        with pytest.raises(NotFound):
            send_again(session, 10_000, actor_id=admin_id)
    assert [again.attempt for again in claim()] == [1]


@pytest.mark.parametrize(
    ("failure", "state", "words"),
    [
        (NotSent("closed"), NoticeState.WAITING, "closed"),
        (Uncertain("silent"), NoticeState.WAITING, "silent"),
        (Refused("no such mailbox"), NoticeState.FAILED, "no such mailbox"),
        (
            ZeroDivisionError("a bug"),
            NoticeState.WAITING,
            "A fault of Scoutboard's own (ZeroDivisionError); see the worker's log.",
        ),
    ],
)
def test_each_failure_is_recorded_with_its_reason(
    database: Engine, clock: time_machine.Traveller, failure: Exception, state: NoticeState, words: str
) -> None:
    notice_id = post()
    (claimed,) = claim()
    assert send_one(claimed, transport=FakeTransport(failure), sender=SENDER) is False
    row = stored(notice_id)
    assert row.state is state
    assert row.error == words


def test_injected_header_fails_for_good_before_anything_is_sent(
    database: Engine, clock: time_machine.Traveller
) -> None:
    with transaction() as session:
        notice_id = post_notice(session, kind="x", to_address="a@b.org", subject="Hi\r\nBcc: c@d.org", text="t").id
    (claimed,) = claim()
    transport = FakeTransport()
    assert send_one(claimed, transport=transport, sender=SENDER) is False
    assert transport.sent == []
    assert stored(notice_id).state is NoticeState.FAILED
    assert "subject" in stored(notice_id).error


@pytest.fixture
def worker(database_url: str, tmp_path: Path) -> Iterator[None]:
    """A worker process's footing, with no queue server: the table alone must do."""
    runtime.start(Settings(database_url=database_url, redis_url=NO_QUEUE, data_dir=tmp_path))
    yield
    dispatch.dispose()


@pytest.mark.usefixtures("worker")
def test_job_sends_all_that_is_due_and_one_bad_mail_stops_none() -> None:
    first, bad, last = post(), post(address="no address"), post()
    assert send_notices() == 2
    assert [stored(number).state for number in (first, bad, last)] == [
        NoticeState.SENT,
        NoticeState.FAILED,
        NoticeState.SENT,
    ]
    assert send_notices() == 0


def test_settings_choose_the_transport() -> None:
    names = [
        type(transport_of(settings)).__name__
        for settings in (
            Settings(),
            Settings(mail_transport=MailTransport.SMTP, smtp_url="smtp://127.0.0.1:25"),
            Settings(mail_transport=MailTransport.SENDGRID, sendgrid_api_key="k"),
        )
    ]
    assert names == ["OutboxTransport", "SmtpTransport", "SendgridTransport"]


def test_posting_wakes_the_mail_worker_only_after_the_commit(database: Engine, queue_url: str) -> None:
    queue = dispatch.queue_named(dispatch.Queue.MAIL)
    with transaction() as session:
        post_notice(session, kind="x", to_address="a@b.org", subject="s", text="t")
        assert queue.count == 0
    assert queue.count == 1
    with pytest.raises(Conflict):
        post_and_fail()
    assert queue.count == 1


def post_and_fail() -> None:
    with transaction() as session:
        post_notice(session, kind="x", to_address="a@b.org", subject="s", text="t")
        raise Conflict("rolled back")


def post_unasked(address: str = "ada@example.com") -> int:
    with transaction() as session:
        return post_notice(session, kind="partner_broadcast", to_address=address, subject="News", text="News.").id


def test_mail_to_many_respects_the_list_to_the_last_moment_and_holds_nobody_up(database: Engine) -> None:
    first, second = post_unasked(), post_unasked("bo@example.com")
    with transaction() as session:
        suppress(session, "ada@example.com", reason=SuppressionReason.BY_HAND)
    with transaction() as session:
        assert [claimed.id for claimed in claim_notices(session, limit=1)] == [second]
    with reading() as session:
        row = session.get_one(Notice, first)
    assert (row.state, "do-not-mail list" in row.error) == (NoticeState.FAILED, True)


@pytest.mark.parametrize(
    ("failure", "state"), [(Uncertain("silence"), NoticeState.FAILED), (NotSent("busy"), NoticeState.WAITING)]
)
def test_mail_to_many_is_not_repeated_on_a_doubt(database: Engine, failure: Exception, state: NoticeState) -> None:
    number = post_unasked()
    with transaction() as session:
        [claimed] = claim_notices(session)
    assert not send_one(claimed, transport=FakeTransport(failure), sender=SENDER)
    with reading() as session:
        assert session.get_one(Notice, number).state is state


def test_mail_to_many_whose_worker_died_waits_for_a_person(database: Engine, clock: time_machine.Traveller) -> None:
    number = post_unasked()
    with transaction() as session:
        claim_notices(session)
    clock.shift(LEASE + timedelta(seconds=1))
    with transaction() as session:
        assert claim_notices(session) == []
    with reading() as session:
        assert session.get_one(Notice, number).state is NoticeState.FAILED
