"""How an answer is recorded: with the beginning of the next mail or alone, whatever the provider said."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.jobs.sending import Prepared, Sending
from app.models import Attempt, AttemptOutcome, Enrollment, Message, MessageState, StopKind
from app.services.ledger.acceptance import accept
from app.services.ledger.handing_over import Handover
from app.services.stops import record_stop
from outreach.transports.message import Accepted, Uncertain
from outreach.transports.message import Message as Mail
from tests.ledger_world import Ledger, make_ledger, messages, only_message


@pytest.fixture
def ledger(database: Engine) -> Ledger:
    with transaction() as session:
        made = make_ledger(session)
        made.enroll(session)
        return made


def test_a_mail_is_recorded_with_the_beginning_of_the_next_or_alone_where_that_breaks(ledger: Ledger) -> None:
    with transaction() as session:
        ledger.enroll(session, 2)
    seen: list[list[MessageState]] = []

    class Breaking(Sending):
        def _attempt(self, session: Session, prepared: Prepared) -> Handover | None:
            seen.append(list(session.scalars(select(Message.state).order_by(Message.id))))
            if prepared.message_id == 2:
                raise RuntimeError("a fault of ours")
            return super()._attempt(session, prepared)

    ledger.plan()
    worker = Breaking(ledger.memory, lease=timedelta(seconds=60), transport_of=lambda _sender: ledger.transport)
    assert worker.drain(0) == 2
    accepted, claimed, handing_over = MessageState.ACCEPTED, MessageState.CLAIMED, MessageState.HANDING_OVER
    assert handing_over not in [state for states in seen for state in states]
    assert seen[1] == [accepted, claimed, claimed]
    assert [message.state for message in messages()] == [accepted, MessageState.PLANNED, accepted]


def test_whoever_is_due_longest_is_planned_and_sent_first(ledger: Ledger) -> None:
    with transaction() as session:
        ledger.enroll(session, 2)
        first, second, third = session.scalars(select(Enrollment).order_by(Enrollment.id))
        for hours, enrollment in ((1, first), (3, second), (2, third)):
            enrollment.next_at = now() - timedelta(hours=hours)
        longest_first = [second.id, third.id, first.id]
    ledger.plan()
    assert [message.enrollment_id for message in messages()] == longest_first


def test_words_of_a_provider_that_no_database_keeps_stop_nothing(ledger: Ledger) -> None:
    def garbage(_mail: Mail) -> Accepted:
        raise Uncertain("\x00garbage\ud800" + "x" * 9_000)

    ledger.transport.answer = garbage
    assert ledger.send() == 1
    with reading() as session:
        attempt = session.scalars(select(Attempt)).one()
    assert attempt.outcome is AttemptOutcome.UNCERTAIN
    assert attempt.detail.startswith("\ufffdgarbage?xxx")
    assert only_message().state is MessageState.UNCERTAIN


def test_a_stop_while_the_provider_has_one_mail_wins_against_the_next_of_the_batch(ledger: Ledger) -> None:
    with transaction() as session:
        [enrollment] = ledger.enroll(session)

    def opts_out_meanwhile(_mail: Mail) -> Accepted:
        with transaction() as session:
            contact, program = enrollment.contact_id, enrollment.program_id
            record_stop(session, contact_id=contact, program_id=program, kind=StopKind.OPT_OUT, source="test")
        return Accepted("<taken>")

    ledger.transport.answer = opts_out_meanwhile
    assert ledger.send() == 1
    assert [message.state for message in messages()] == [MessageState.ACCEPTED, MessageState.SKIPPED]


def test_taking_a_mail_writes_mail_attempt_and_enrollment_or_none_of_them(ledger: Ledger) -> None:
    seen: list[tuple[bool, bool, MessageState, AttemptOutcome, str]] = []

    def answers(_mail: Mail) -> Accepted:
        message = only_message()
        with reading() as session:
            attempt_id = session.scalars(select(Attempt.id)).one()
        for number in (message.attempts + 1, message.attempts):
            with transaction() as session:
                said = {"provider_id": "<taken>", "detail": "Queued"}
                is_written = accept(session, message.id, attempt_id=attempt_id, attempt_number=number, **said)
            with reading() as session:
                attempt = session.get_one(Attempt, attempt_id)
                is_planned = session.scalars(select(Enrollment.next_at)).one() is not None
            seen.append((is_written, is_planned, only_message().state, attempt.outcome, attempt.detail))
        return Accepted("<taken>")

    ledger.transport.answer = answers
    ledger.send()
    assert seen == [
        (False, False, MessageState.HANDING_OVER, AttemptOutcome.OPEN, ""),
        (True, True, MessageState.ACCEPTED, AttemptOutcome.ACCEPTED, "Queued"),
    ]
    assert only_message().provider_id == "<taken>"
