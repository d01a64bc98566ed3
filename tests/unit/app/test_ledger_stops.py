"""A stop that was committed wins: nothing is handed over after it, whichever way it came, however they interleave."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, snapshot, transaction
from app.models import (
    Enrollment,
    EnrollmentState,
    Message,
    MessageState,
    MoveEvent,
    PauseScope,
    Prospect,
    Sender,
    Stage,
    StopKind,
    SuppressionReason,
)
from app.services.errors import InvalidInput
from app.services.ledger.claiming import LEASE, Worker, claim
from app.services.ledger.handing_over import Handover, begin_attempt
from app.services.ledger.preparing import Ahead, read_batch
from app.services.ledger.wording import Wording
from app.services.moves import move_prospect
from app.services.pauses import end_due_pauses, end_on, pause, resume
from app.services.stops import record_stop
from app.services.suppressions import suppress
from tests.ledger_world import Ledger, balance, content, enrollments, make_ledger, messages, only_message

Stopping = Callable[[Session, Ledger, Enrollment], object]
WORDING = Wording("Hello", "Shall we talk?")


def by_stop(kind: StopKind) -> Stopping:
    def stop(session: Session, ledger: Ledger, enrollment: Enrollment) -> None:
        record_stop(session, contact_id=enrollment.contact_id, program_id=ledger.program.id, kind=kind, source="test")

    return stop


def by_pause(scope: PauseScope) -> Stopping:
    def stop(session: Session, ledger: Ledger, enrollment: Enrollment) -> None:
        subjects = {
            PauseScope.ALL: 0,
            PauseScope.SEQUENCE: ledger.sequence.id,
            PauseScope.SENDER: ledger.sender.id,
            PauseScope.ENROLLMENT: enrollment.id,
        }
        pause(session, scope, subject_id=subjects[scope], reason="test", by_user_id=None)

    return stop


def by_suppression(session: Session, _ledger: Ledger, enrollment: Enrollment) -> None:
    message = session.scalars(select(Message).where(Message.enrollment_id == enrollment.id)).one()
    suppress(session, message.to_address, reason=SuppressionReason.OPT_OUT)


def by_decline(session: Session, _ledger: Ledger, enrollment: Enrollment) -> None:
    prospect = session.get_one(Prospect, enrollment.prospect_id)
    move_prospect(session, prospect, to_stage=Stage.WITHDRAWN, event=MoveEvent.HAND, by_user_id=None)


WAYS: dict[str, Stopping] = {
    **{kind.value: by_stop(kind) for kind in StopKind},
    **{f"pause {scope.value}": by_pause(scope) for scope in PauseScope},
    "suppressed": by_suppression,
    "withdrawn": by_decline,
}


def begin(worker: Worker, message_id: int, ahead: Ahead | None = None) -> Handover | None:
    with transaction() as session:
        return begin_attempt(session, message_id, worker=worker, wording=WORDING, ahead=ahead)


def read_ahead(message_ids: list[int]) -> dict[int, Ahead]:
    """Read what the policy asks, as a worker does for a batch before its first mail begins."""
    with snapshot() as session:
        return read_batch(session, message_ids, at=now()).ahead


def claimed_by(worker: Worker) -> list[int]:
    with transaction() as session:
        return claim(session, worker, limit=500)


@pytest.mark.parametrize("way", WAYS)
def test_a_stop_wins_against_a_claimed_mail(database: Engine, way: str) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        [enrollment] = ledger.enroll(session)
    ledger.plan()
    worker = Worker("w", LEASE)
    [message_id] = claimed_by(worker)
    ahead = read_ahead([message_id])[message_id]
    with transaction() as session:
        WAYS[way](session, ledger, enrollment)
    assert begin(worker, message_id, ahead) is None
    assert only_message().state in (MessageState.SKIPPED, MessageState.PLANNED)
    assert only_message().reason
    assert ledger.send() == 0
    assert balance().is_exact


def interleave(ledger: Ledger, rounds: int, seed: int) -> int:
    """Race a stop with the handing over of one due step, `rounds` times; return how many mails came after a stop."""
    dice = random.Random(seed)
    with transaction() as session:
        made = ledger.enroll(session, rounds)
    ledger.plan()
    worker = Worker("w", LEASE)
    by_enrollment = {message.enrollment_id: message.id for message in messages()}
    ahead = read_ahead(claimed_by(worker))
    # These hold more than one enrollment, so they are raced by name above and below.
    ways = [way for name, way in WAYS.items() if name not in ("pause all", "pause sequence", "pause sender")]
    late = 0
    for enrollment in made:
        one = ahead[by_enrollment[enrollment.id]]
        late += race(ledger, enrollment, one, worker=worker, way=dice.choice(ways), dice=dice)
    return late


def race(
    ledger: Ledger, enrollment: Enrollment, ahead: Ahead, *, worker: Worker, way: Stopping, dice: random.Random
) -> int:
    """Let both go at the same moment, or one a little earlier; 1 where the mail was begun after the stop was done."""
    message_id = ahead.message.id
    stopped, start = threading.Event(), threading.Barrier(2)
    pauses_s = (dice.random() * 0.002, dice.random() * 0.002)

    def stop() -> None:
        start.wait()
        threading.Event().wait(pauses_s[0])
        with transaction() as session:
            way(session, ledger, enrollment)
        stopped.set()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(stop)
        start.wait()
        threading.Event().wait(pauses_s[1])
        was_stopped = stopped.is_set()
        # Half of them as a worker does it, half from facts that are read when the mail begins.
        handover = begin(worker, message_id, ahead if dice.random() < 0.5 else None)
        running.result()
    # Whoever came second must have seen the first: a begun mail is not skipped, a stopped one is not begun.
    with reading() as session:
        state = session.scalars(select(Message.state).where(Message.id == message_id)).one()
    assert (handover is not None) == (state is MessageState.HANDING_OVER)
    return int(was_stopped and handover is not None)


def test_no_mail_is_handed_over_after_a_stop_was_committed(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
    assert interleave(ledger, rounds=60, seed=1) == 0
    assert balance().is_exact


@pytest.mark.exhaustive
@pytest.mark.timeout(900)
def test_a_thousand_interleavings(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
    late = sum(interleave(ledger, rounds=200, seed=seed) for seed in range(5))
    assert late == 0
    assert balance().is_exact


def test_a_stop_waits_for_a_handing_over_under_way_and_then_finds_it(database: Engine) -> None:
    """Between the policy's look and the commit no stop can be committed: it waits, and does not skip what began."""
    with transaction() as session:
        ledger = make_ledger(session)
        [enrollment] = ledger.enroll(session)
    ledger.plan()
    worker = Worker("w", LEASE)
    [message_id] = claimed_by(worker)
    done = threading.Event()

    def stop() -> None:
        with transaction() as session:
            by_stop(StopKind.REPLY)(session, ledger, enrollment)
        done.set()

    ahead = read_ahead([message_id])[message_id]
    thread = threading.Thread(target=stop)
    with transaction() as session:
        assert begin_attempt(session, message_id, worker=worker, wording=WORDING, ahead=ahead) is not None
        thread.start()
        assert not done.wait(0.2), "the stop was committed in the middle of a handing over"
    thread.join()
    assert only_message().state is MessageState.HANDING_OVER
    assert enrollments()[0].state is EnrollmentState.STOPPED


def test_a_colleagues_wish_stops_the_company_only_where_the_sequence_says_so(database: Engine) -> None:
    with transaction() as session:
        careful = make_ledger(session, content(stops_company=["opt_out"]))
        [asked] = careful.enroll(session)
        colleague = careful.enroll_at(session, session.get_one(Prospect, asked.prospect_id), detail="")
    for kind, stopped in ((StopKind.REPLY, False), (StopKind.OPT_OUT, True)):
        with transaction() as session:
            record_stop(session, contact_id=asked.contact_id, program_id=careful.program.id, kind=kind, source="test")
        with reading() as session:
            state = session.get_one(Enrollment, colleague.id).state
        assert (state is EnrollmentState.STOPPED) is stopped


def test_an_opt_out_counts_in_every_program_and_later_too(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        [enrollment] = ledger.enroll(session)
        record_stop(session, contact_id=enrollment.contact_id, program_id=None, kind=StopKind.OPT_OUT, source="x")
        again = session.get_one(Enrollment, enrollment.id)
        again.state, again.next_at = EnrollmentState.ACTIVE, now()
    assert ledger.plan() == {"ended": 1}
    assert enrollments()[0].reason == "opt_out"


def test_a_resumed_pause_lets_everything_go_on_at_once(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session, 2)
    ledger.plan()
    with transaction() as session:
        pause(session, PauseScope.ALL, reason="a moment", by_user_id=None)
    assert ledger.send() == 0
    assert {message.reason for message in messages()} == {"paused_all"}
    with transaction() as session:
        assert resume(session, PauseScope.ALL, by_user_id=None) == 1
    assert ledger.send() == 2


@pytest.mark.parametrize("scope", [PauseScope.ALL, PauseScope.SENDER])
def test_a_pause_with_an_end_lets_go_by_itself(database: Engine, scope: PauseScope) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session)
        subject_id = ledger.sender.id if scope is PauseScope.SENDER else 0
        until_at = now() + timedelta(hours=1)
        pause(session, scope, subject_id=subject_id, reason="lunch", until_at=until_at, by_user_id=None)
    assert ledger.send() == 0
    with time_machine.travel(now() + timedelta(minutes=61), tick=True):
        assert ledger.send() == 1
        with transaction() as session:
            assert end_due_pauses(session) == 1
            assert session.get_one(Sender, ledger.sender.id).paused_at is None


def test_a_longer_pause_of_a_sender_outlives_a_shorter_one(database: Engine) -> None:
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session)
        for reason, until_at in (("bounces", None), ("lunch", now() + timedelta(hours=1))):
            pause(
                session,
                PauseScope.SENDER,
                subject_id=ledger.sender.id,
                reason=reason,
                until_at=until_at,
                by_user_id=None,
            )
    with time_machine.travel(now() + timedelta(minutes=61), tick=True):
        with transaction() as session:
            assert end_due_pauses(session) == 1
            assert session.get_one(Sender, ledger.sender.id).pause_reason == "bounces"
        assert ledger.send() == 0


def test_a_pause_ends_as_its_day_begins_where_the_sender_is() -> None:
    with time_machine.travel("2026-03-01T12:00:00+00:00"):
        ends_at = end_on("2026-03-02", zone="America/New_York")
        assert (ends_at and ends_at.isoformat(), end_on(" ", zone="UTC")) == ("2026-03-02T05:00:00+00:00", None)
        for day, said in (("2026-03-01", "after today"), ("2027-06-01", "within a year"), ("soon", "is no day")):
            with pytest.raises(InvalidInput, match=said):
                end_on(day, zone="UTC")
