"""Mails that must not leave: outside the sender's hours, taken back, of a program that was put away, never approved."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import Engine, select, update

from app.db import transaction
from app.models import Enrollment, EnrollmentBatch, EnrollmentState, Message, MessageState
from app.services.enrollment_batches import undo_batch
from app.services.ledger.claiming import LEASE, Worker, claim
from app.services.ledger.handing_over import begin_attempt
from app.services.ledger.wording import Wording
from tests.ledger_world import Ledger, enrollments, make_ledger, only_message
from tests.world import make_user

WORKER = Worker("w", LEASE)
TUESDAY_NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)


def test_a_mail_waits_for_the_hours_of_its_sender(database: Engine) -> None:
    evenings = {"days": ["tue"], "from": "20:00", "to": "22:00"}
    with time_machine.travel(TUESDAY_NOON, tick=True):
        with transaction() as session:
            ledger = make_ledger(session, hours=evenings, time_zone="UTC")
            ledger.enroll(session)
        assert ledger.send() == 0
        assert enrollments()[0].next_at == datetime(2025, 3, 4, 20, tzinfo=UTC)
    with time_machine.travel(datetime(2025, 3, 4, 20, 5, tzinfo=UTC), tick=True):
        assert ledger.send() == 1


def in_batch() -> tuple[Ledger, int]:
    """Return a ledger with one mail planned for somebody who was enrolled with a batch."""
    with transaction() as session:
        ledger = make_ledger(session)
        batch = EnrollmentBatch(
            program_id=ledger.program.id, sequence_id=ledger.sequence.id, sender_id=ledger.sender.id, contact_ids=[]
        )
        session.add(batch)
        session.flush()
        ledger.enroll(session, batch_id=batch.id)
    ledger.plan()
    return ledger, batch.id


def take_back(batch_id: int) -> tuple[int, int]:
    with transaction() as session:
        return undo_batch(session, session.get_one(EnrollmentBatch, batch_id), actor=make_user(session))


@pytest.mark.parametrize("state", [MessageState.PLANNED, MessageState.CLAIMED, MessageState.RETRY_WAIT])
def test_nothing_that_was_queued_leaves_after_its_batch_was_taken_back(database: Engine, state: MessageState) -> None:
    ledger, batch_id = in_batch()
    with transaction() as session:
        [message_id] = claim(session, WORKER, limit=1)
        if state is not MessageState.CLAIMED:
            session.execute(update(Message).values(state=state, leased_by="", lease_until=None))
    assert take_back(batch_id) == (1, 0)
    with transaction() as session:
        assert begin_attempt(session, message_id, worker=WORKER, wording=Wording("Hello", "Talk?")) is None
    assert ledger.send() == 0
    assert only_message().state is MessageState.SKIPPED


def test_whoever_is_being_written_to_stays_when_a_batch_is_taken_back(database: Engine) -> None:
    _, batch_id = in_batch()
    with transaction() as session:
        [message_id] = claim(session, WORKER, limit=1)
    with transaction() as session:
        assert begin_attempt(session, message_id, worker=WORKER, wording=Wording("Hello", "Talk?")) is not None
    assert take_back(batch_id) == (0, 1)
    with transaction() as session:
        assert session.scalars(select(Enrollment.state)).all() == [EnrollmentState.ACTIVE]
