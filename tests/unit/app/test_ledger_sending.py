"""From due to recorded: each mail once, threaded, from one sender; and what each answer of a provider leads to."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, event, select, update

from app.clock import now
from app.db import reading, transaction
from app.jobs.sending import CLAIM_AT_ONCE
from app.models import (
    Attempt,
    AttemptOutcome,
    Enrollment,
    EnrollmentState,
    Message,
    MessageState,
    Prospect,
    SenderDay,
    SenderTransport,
    Stage,
    Task,
    TaskKind,
    TaskState,
)
from app.queries.ledger import message_history, uncertain_mails
from app.services.ledger.claiming import Worker, claim
from app.services.ledger.resolving import resolve, send_again
from app.services.ledger.sweeping import sweep_ledger
from app.services.steps import release_step, skip_step
from outreach.transports.message import NotSent, Refused, Uncertain
from tests.ledger_world import Ledger, balance, content, enrollments, make_ledger, messages, only_message
from tests.world import make_user

TWO_MAILS = content({"id": "first", "kind": "email"}, {"id": "second", "kind": "email", "delay": {"days": 2}})


@pytest.fixture
def ledger(database: Engine) -> Ledger:
    with transaction() as session:
        made = make_ledger(session, TWO_MAILS)
        made.enroll(session)
        return made


def raising(error: Exception):
    def answer(_mail: object) -> None:
        raise error

    return answer


def attempts() -> list[Attempt]:
    with reading() as session:
        return list(session.scalars(select(Attempt).order_by(Attempt.id)))


def test_a_due_mail_is_sent_once_and_moves_the_prospect_on(ledger: Ledger) -> None:
    assert ledger.send() == 1
    assert ledger.send() == 0
    message = only_message()
    assert message.state is MessageState.ACCEPTED
    assert message.provider_id == "<provider-1>"
    assert [attempt.outcome for attempt in attempts()] == [AttemptOutcome.ACCEPTED]
    assert attempts()[0].reference == ledger.transport.sent[0].reference
    with reading() as session:
        assert session.scalars(select(Prospect.stage)).all() == [Stage.CONTACTED]
    assert str(balance()) == "1 planned = 1 accepted + 0 refused + 0 skipped + 0 uncertain + 0 waiting"


def test_one_worker_sends_several_batches_each_mail_once(ledger: Ledger) -> None:
    with transaction() as session:
        ledger.enroll(session, 2 * CLAIM_AT_ONCE)
    assert ledger.send() == 2 * CLAIM_AT_ONCE + 1
    assert len({mail.to.address for mail in ledger.transport.sent}) == 2 * CLAIM_AT_ONCE + 1
    assert {message.state for message in messages()} == {MessageState.ACCEPTED}


def test_a_follow_up_threads_keeps_the_sender_and_waits_for_its_day(ledger: Ledger) -> None:
    ledger.send()
    first = ledger.transport.sent[0]
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        assert ledger.send() == 0
    with time_machine.travel(now() + timedelta(days=2, minutes=1), tick=True):
        assert ledger.send() == 1
    second = ledger.transport.sent[1]
    assert second.headers["In-Reply-To"] == first.message_id
    assert second.headers["References"] == first.message_id
    assert second.sender == first.sender
    assert second.message_id != first.message_id


def test_every_mail_carries_one_click_unsubscribing(ledger: Ledger) -> None:
    ledger.send()
    headers = ledger.transport.sent[0].headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<http")
    assert "/u/" in headers["List-Unsubscribe"]


def test_no_transaction_is_open_while_the_transport_has_the_mail(ledger: Ledger) -> None:
    seen: list[MessageState] = []

    def answer(_mail: object):
        with transaction() as session:  # would wait for ever on SQLite if the worker held its own
            seen.append(session.scalars(select(Message.state)).one())
        raise Refused("no")

    ledger.transport.answer = answer
    ledger.send()
    assert seen == [MessageState.HANDING_OVER]


def test_certainly_not_sent_is_tried_again_later_and_costs_no_slot(ledger: Ledger) -> None:
    ledger.transport.answer = raising(NotSent("connection refused"))
    ledger.send()
    message = only_message()
    assert message.state is MessageState.RETRY_WAIT
    assert timedelta(seconds=50) < message.not_before_at - now() <= timedelta(minutes=1)
    with reading() as session:
        assert session.scalars(select(SenderDay.handed_over)).all() == [0]
    ledger.transport.answer = None
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        ledger.send()
    assert only_message().state is MessageState.ACCEPTED
    assert [each.number for each in attempts()] == [1, 2]


def test_the_providers_word_on_when_to_come_back_counts(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.sending.time.sleep", lambda _seconds: None)
    ledger.transport.answer = raising(NotSent("429", retry_after_s=7.0))
    ledger.send()
    assert timedelta(seconds=5) < only_message().not_before_at - now() <= timedelta(seconds=7)


def test_a_refused_mail_waits_for_a_person_who_may_send_it_again(ledger: Ledger) -> None:
    ledger.transport.answer = raising(Refused("The server answered 550 no such user"))
    ledger.send()
    assert only_message().state is MessageState.REFUSED
    assert enrollments()[0].state is EnrollmentState.HELD
    assert "no such user" in enrollments()[0].detail
    ledger.transport.answer = None
    with transaction() as session:
        release_step(session, enrollments()[0].id, by_user_id=make_user(session).id)
    assert ledger.send() == 1
    assert only_message().state is MessageState.ACCEPTED


def test_an_uncertain_mail_is_listed_and_never_sent_again_by_itself(ledger: Ledger) -> None:
    ledger.transport.answer = raising(Uncertain("timed out after the last byte"))
    ledger.send()
    assert only_message().state is MessageState.UNCERTAIN
    ledger.transport.answer = None
    with time_machine.travel(now() + timedelta(days=9), tick=True):
        ledger.send()
        with transaction() as session:
            sweep_ledger(session)
        ledger.send()
    assert len(ledger.transport.sent) == 1
    with reading() as session:
        [listed] = uncertain_mails(session)
        [task] = session.scalars(select(Task).where(Task.kind == TaskKind.UNCERTAIN_MAIL))
    assert listed.state is MessageState.NEEDS_PERSON
    assert task.state is TaskState.OPEN
    assert balance().uncertain == 1


@pytest.mark.parametrize("was_sent", [True, False])
def test_a_person_settles_a_doubt_with_one_click(ledger: Ledger, was_sent: bool) -> None:
    ledger.transport.answer = raising(Uncertain("silence"))
    ledger.send()
    message = only_message()
    with transaction() as session:
        user = make_user(session)
        resolve(session, message.id, was_sent=was_sent, by_user_id=user.id)
    if was_sent:
        assert only_message().state is MessageState.RESOLVED_SENT
        assert ledger.plan() == {"later": 1}
        return
    assert only_message().state is MessageState.RESOLVED_NOT_SENT
    assert enrollments()[0].state is EnrollmentState.HELD
    ledger.transport.answer = None
    with transaction() as session:
        send_again(session, message.id, by_user_id=user.id)
    ledger.send()
    assert only_message().state is MessageState.ACCEPTED


def test_a_sender_whose_provider_tells_nothing_asks_a_person_at_once(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session, transport=SenderTransport.SMTP)
        ledger.enroll(session)
    ledger.transport.answer = raising(Uncertain("silence"))
    ledger.send()
    assert only_message().state is MessageState.NEEDS_PERSON
    with reading() as session:
        assert session.scalars(select(Task.kind)).all() == [TaskKind.UNCERTAIN_MAIL]


def test_a_worker_that_dies_before_the_call_leaves_a_mail_that_is_sent_later(ledger: Ledger) -> None:
    ledger.plan()
    worker = ledger.worker(lease=timedelta(seconds=-1))
    with transaction() as session:
        from app.services.ledger.claiming import claim

        assert len(claim(session, worker.identity, limit=10)) == 1
    assert ledger.send() == 0
    with transaction() as session:
        sweep_ledger(session)
    assert ledger.send() == 1


def test_a_worker_that_dies_in_the_call_leaves_a_doubt(ledger: Ledger) -> None:
    class Killed(BaseException):
        pass

    ledger.transport.answer = raising(Killed())
    ledger.plan()
    with pytest.raises(Killed):
        ledger.worker().drain(lane=0)
    assert only_message().state is MessageState.HANDING_OVER
    with transaction() as session:
        session.execute(update(Message).values(lease_until=now() - timedelta(seconds=1)))
        sweep_ledger(session)
    assert only_message().state is MessageState.UNCERTAIN
    assert attempts()[0].outcome is AttemptOutcome.UNCERTAIN
    assert balance().is_exact


def test_what_a_worker_knows_counts_even_after_its_lease(ledger: Ledger) -> None:
    def sweep_meanwhile(_mail: object):
        from outreach.transports.message import Accepted

        with transaction() as session:
            session.execute(update(Message).values(lease_until=now() - timedelta(seconds=1)))
            sweep_ledger(session)
        assert only_message().state is MessageState.UNCERTAIN
        return Accepted("late")

    ledger.transport.answer = sweep_meanwhile
    ledger.send()
    assert only_message().state is MessageState.RESOLVED_SENT


def test_a_skipped_step_lets_the_next_one_come(ledger: Ledger) -> None:
    ledger.plan()
    with transaction() as session:
        skip_step(session, enrollments()[0].id, "first", by_user_id=make_user(session).id)
    assert only_message().state is MessageState.SKIPPED
    ledger.send()
    assert ledger.transport.sent == []
    assert enrollments()[0].next_step == "second"
    with time_machine.travel(now() + timedelta(days=2, minutes=1), tick=True):
        ledger.send()
    assert [message.state for message in messages()] == [MessageState.SKIPPED, MessageState.ACCEPTED]
    assert "In-Reply-To" not in ledger.transport.sent[0].headers


def test_a_message_tells_its_whole_history(ledger: Ledger) -> None:
    ledger.transport.answer = raising(NotSent("connection refused"))
    ledger.send()
    with reading() as session:
        history = message_history(session, only_message().id)
    assert history is not None
    assert [line.what for line in history.lines] == ["planned", "handed over", "not_sent"]
    assert "connection refused" in history.lines[-1].detail


def test_the_sequence_ends_after_its_last_step(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session)
    ledger.send()
    ledger.plan()
    assert enrollments()[0].state is EnrollmentState.FINISHED
    with reading() as session:
        assert session.scalar(select(Enrollment.next_at)) is None


def test_the_next_to_leave_are_found_without_sorting_all_that_are_due(database: Engine) -> None:
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL sorts as few rows as there are here whatever indexes it has")
    seen: list[tuple[str, Any]] = []
    with transaction() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *said: seen.append((said[2], said[3])))
        claim(session, Worker("somebody"), limit=5)
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[0][0]}", seen[0][1]).all()
    assert [step.detail for step in steps] == ["SEARCH messages USING INDEX ix_messages_claimable (not_before_at<?)"]
