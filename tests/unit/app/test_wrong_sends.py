"""Mails that must not leave: outside the sender's hours, taken back, of a program that was put away, never approved."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import Engine, select, update

from app.clock import now
from app.db import reading, snapshot, transaction
from app.models import (
    Enrollment,
    EnrollmentBatch,
    EnrollmentState,
    Message,
    MessageKind,
    MessageState,
    Program,
    Sequence,
    SequenceVersion,
    StopKind,
    Task,
    TaskState,
)
from app.services.enrollment_batches import undo_batch
from app.services.errors import Conflict
from app.services.ledger.approvals import approve
from app.services.ledger.claiming import LEASE, Worker, claim
from app.services.ledger.handing_over import begin_attempt
from app.services.ledger.preparing import read_batch
from app.services.ledger.wording import Wording
from app.services.programs import archive_program, restore_program
from app.services.steps import move_to_version, release_step, skip_step
from app.services.stops import record_stop
from outreach.transports.message import Accepted, Refused
from tests.ledger_world import Ledger, content, enrollments, make_ledger, messages, only_message
from tests.outreach_world import make_contact, make_enrollment, make_sequence
from tests.world import make_prospect, make_user

WORKER = Worker("w", LEASE)
TUESDAY_NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
LATER = {"id": "second", "kind": "email", "delay": {"days": 2}}


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


def put_away(ledger: Ledger, *, back: bool = False) -> None:
    with transaction() as session:
        program, actor = session.get_one(Program, ledger.program.id), make_user(session)
        (restore_program if back else archive_program)(session, program, actor=actor)


def test_a_program_that_was_put_away_sends_nothing_and_goes_on_once_it_is_back(database: Engine) -> None:
    steps = ({"id": "call", "kind": "task"}, {"id": "first", "kind": "email"})
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session)
        calling = make_sequence(session, ledger.program, ledger.sender, content=content(*steps))
        made = make_prospect(session, ledger.program)
        make_enrollment(session, made, make_contact(session, made), calling, ledger.sender)
    put_away(ledger)
    assert ledger.send() == 0
    assert {each.reason for each in enrollments()} == {"program_archived"}
    with reading() as session:
        assert session.scalars(select(Task)).all() == []
    put_away(ledger, back=True)
    with time_machine.travel(now() + timedelta(minutes=31), tick=True):
        assert ledger.send() == 1


def test_a_program_put_away_at_the_last_moment_keeps_a_claimed_mail_and_an_answer(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session)
        values = {"program_id": ledger.program.id, "sender_id": ledger.sender.id, "to_address": "jan@agency.example"}
        session.add(Message(kind=MessageKind.ANSWER, due_at=now(), not_before_at=now(), text="Yes.", **values))
    ledger.plan()
    with transaction() as session:
        claimed = claim(session, WORKER, limit=5)
    with snapshot() as session:
        ahead = read_batch(session, claimed, at=now()).ahead
    put_away(ledger)
    assert len(claimed) == 2
    for message_id in claimed:
        with transaction() as session:
            words = Wording("Hello", "Talk?")
            begun = begin_attempt(session, message_id, worker=WORKER, wording=words, ahead=ahead.get(message_id))
        assert begun is None
    assert {(each.state, each.reason) for each in messages()} == {(MessageState.PLANNED, "program_archived")}


def test_a_stop_drops_the_call_that_somebody_was_asked_to_make(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session, content({"id": "call", "kind": "task"}))
        prospect = make_prospect(session, ledger.program)
        first, _colleague = ledger.enroll_at(session, prospect), ledger.enroll_at(session, prospect, next_step="call")
    ledger.plan()
    with transaction() as session:
        record_stop(session, contact_id=first.contact_id, kind=StopKind.OPT_OUT, source="test")
    with reading() as session:
        states = dict(session.execute(select(Task.origin, Task.state)).all())
    assert states.pop(f"enrollment:{first.id}:step:call") is TaskState.DROPPED
    assert list(states.values()) == [TaskState.OPEN]


def test_the_mail_after_a_skipped_first_one_waits_to_be_read_as_well(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session, content({"id": "first", "kind": "email"}, {"id": "second", "kind": "email"}))
        session.get_one(Sequence, ledger.sequence.id).approve_first_mail = True
        [enrollment] = ledger.enroll(session)
    ledger.plan()
    with transaction() as session:
        skip_step(session, enrollment.id, "first", by_user_id=make_user(session).id)
    assert ledger.send() == 0
    second = messages()[-1]
    assert (second.step, second.needs_approval, second.state) == ("second", True, MessageState.PLANNED)


def test_one_approval_sends_one_mail(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session, content({"id": "first", "kind": "email"}, LATER))
        session.get_one(Sequence, ledger.sequence.id).approve_first_mail = True
        ledger.enroll(session, 2)
    ledger.plan()
    read, unread = messages()
    with transaction() as session:
        approve(session, read.id, by_user_id=make_user(session).id)
    with pytest.raises(Conflict, match="not waiting"), transaction() as session:
        approve(session, read.id, by_user_id=make_user(session).id)
    assert [ledger.send() for _ in range(3)] == [1, 0, 0]
    assert [mail.to.address for mail in ledger.transport.sent] == [read.to_address]
    assert {each.id: each.state for each in messages()}[unread.id] is MessageState.PLANNED


def moved_on(ledger: Ledger, enrollment_id: int, steps: dict[str, str]) -> None:
    """Publish the sequence again and move an enrollment there, then release it."""
    with transaction() as session:
        version = SequenceVersion(sequence_id=ledger.sequence.id, number=2, content=content())
        session.add(version)
        session.flush()
        user = make_user(session)
        move_to_version(session, enrollment_id, version_id=version.id, steps=steps, by_user_id=user.id)
    with transaction() as session:
        release_step(session, enrollment_id, by_user_id=user.id)


def test_one_press_releases_a_late_step_after_a_move_to_another_version(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        [enrollment] = ledger.enroll(session)
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert ledger.plan() == {"too_late": 1}
        moved_on(ledger, enrollment.id, {})
        assert ledger.send() == 1


def test_a_refused_mail_can_be_sent_again_after_a_move_to_another_version(database: Engine) -> None:
    def refuse(_mail: object) -> Accepted:
        raise Refused("550 no such user")

    with transaction() as session:
        ledger = make_ledger(session)
        [enrollment] = ledger.enroll(session)
    ledger.transport.answer = refuse
    ledger.send()
    assert only_message().state is MessageState.REFUSED
    ledger.transport.answer = None
    moved_on(ledger, enrollment.id, {"first": "first"})
    ledger.send()
    assert only_message().state is MessageState.ACCEPTED
