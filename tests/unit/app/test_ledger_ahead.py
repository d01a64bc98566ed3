"""Facts read ahead for a batch let a mail leave only while every row they came from is what it was."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.db import snapshot, transaction
from app.models import (
    Company,
    ContactBasis,
    ContactField,
    ContactValue,
    CountryRule,
    Enrollment,
    Message,
    MessageState,
    Pause,
    PauseScope,
    Program,
    Prospect,
    Provenance,
    Sender,
    SenderDay,
    Stage,
    StepDone,
    Stop,
    StopKind,
    SuppressionReason,
    Task,
    TaskKind,
)
from app.services.ledger.claiming import LEASE, Worker, claim
from app.services.ledger.handing_over import Handover, begin_attempt
from app.services.ledger.preparing import Ahead, read_batch
from app.services.ledger.wording import Wording
from app.services.suppressions import suppress
from tests.ledger_world import make_ledger, only_message

WORKER = Worker("w", LEASE)


@dataclass
class Case:
    """A claimed mail, what was read ahead of it, and the statements sent since."""

    ahead: Ahead
    statements: list[str]

    @property
    def enrollment(self) -> Enrollment:
        return self.ahead.facts.enrollment

    def begin(self) -> Handover | None:
        self.statements.clear()
        with transaction() as session:
            return begin_attempt(
                session, self.ahead.message.id, worker=WORKER, wording=Wording("Hello", "Talk?"), ahead=self.ahead
            )

    @property
    def asked_anew(self) -> bool:
        """Whether the policy's facts were read again."""
        return any("FROM enrollments JOIN" in each for each in self.statements)


@pytest.fixture
def case(database: Engine) -> Iterator[Case]:
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session)
    ledger.plan()
    with transaction() as session:
        claimed = claim(session, WORKER, limit=10)
    with snapshot() as session:
        [ahead] = read_batch(session, claimed, at=now()).ahead.values()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        statements.append(" ".join(sql.split()))

    event.listen(database, "before_cursor_execute", note)
    yield Case(ahead, statements)
    event.remove(database, "before_cursor_execute", note)


def test_nothing_changed_so_nothing_is_read_again(case: Case) -> None:
    handover = case.begin()
    assert handover is not None
    assert not case.asked_anew
    selects = [each for each in case.statements if each.startswith("SELECT") and "pg_advisory" not in each]
    assert len(selects) <= 3  # the comparison, and the rows of the first mail of a sender's day and of a ledger
    assert only_message().state is MessageState.HANDING_OVER
    assert handover.mail.to.address == case.ahead.facts.address


Change = Callable[[Session, Case], object]


def setting(model: type, row_of: Callable[[Case], int], **values: object) -> Change:
    return lambda session, case: session.execute(update(model).where(model.id == row_of(case)).values(**values))


def adding(make: Callable[[Case], object]) -> Change:
    return lambda session, case: session.add(make(case))


def of_enrollment(case: Case) -> int:
    return case.enrollment.id


def of_sender(case: Case) -> int:
    return case.enrollment.sender_id


def of_prospect(case: Case) -> int:
    return case.enrollment.prospect_id


CHANGES: dict[str, Change] = {
    "the message's words": setting(Message, lambda case: case.ahead.message.id, text="Edited"),
    "the enrollment's state": setting(Enrollment, of_enrollment, rescheduled={"first": "2031-01-01T00:00:00+00:00"}),
    "the sender's lock": setting(Sender, of_sender, is_cleared=False),
    "the sender's hours": setting(Sender, of_sender, hours={"days": ["mon"], "from": "00:00", "to": "00:01"}),
    "the sender's address": setting(Sender, of_sender, postal_address="Elsewhere 1"),
    "the sender's pause": setting(Sender, of_sender, paused_at=now()),
    "the sender's cap": setting(Sender, of_sender, daily_cap=3),
    "the prospect's stage": setting(Prospect, of_prospect, stage=Stage.QUALIFIED),
    "the company's country": setting(Company, lambda case: case.ahead.facts.prospect.company_id, country="DE"),
    "another address": adding(
        lambda case: ContactValue(
            contact_id=case.enrollment.contact_id,
            field=ContactField.EMAIL,
            value="new@elsewhere.example",
            provenance=Provenance.HAND,
        )
    ),
    "consent": lambda session, _case: session.execute(update(ContactBasis).values(has_consented=False)),
    "a stop": adding(
        lambda case: Stop(
            company_id=case.ahead.facts.prospect.company_id,
            contact_id=case.enrollment.contact_id,
            kind=StopKind.REPLY,
            at=now(),
        )
    ),
    "a colleague's stop": adding(
        lambda case: Stop(company_id=case.ahead.facts.prospect.company_id, kind=StopKind.REPLY, at=now())
    ),
    "a pause": adding(lambda _case: Pause(scope=PauseScope.ALL, subject_id=0, at=now())),
    "a suppressed domain": lambda session, case: suppress(
        session, case.ahead.facts.address.rpartition("@")[2], reason=SuppressionReason.BY_HAND
    ),
    "a country's rule": adding(lambda case: CountryRule(program_id=case.enrollment.program_id, country="PL")),
    "a step that is over": adding(lambda case: StepDone(enrollment_id=case.enrollment.id, step="first", at=now())),
    "an open task": adding(
        lambda case: Task(
            program_id=case.enrollment.program_id,
            prospect_id=case.enrollment.prospect_id,
            kind=TaskKind.MANUAL_STEP,
            title="Call",
            origin=f"enrollment:{case.enrollment.id}:step:call",
        )
    ),
    "another mail of the enrollment": adding(
        lambda case: Message(
            program_id=case.enrollment.program_id,
            enrollment_id=case.enrollment.id,
            step="zeroth",
            sender_id=case.enrollment.sender_id,
            to_address="x@y.example",
            state=MessageState.UNCERTAIN,
            due_at=now(),
        )
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_the_policy_asks_is_read_again_once_it_has_changed(case: Case, change: str) -> None:
    with transaction() as session:
        CHANGES[change](session, case)
    case.begin()
    assert case.asked_anew


def test_a_message_that_passed_to_another_worker_is_left_alone(case: Case) -> None:
    with transaction() as session:
        session.execute(update(Message).values(leased_by="another"))
    assert case.begin() is None
    assert only_message().state is MessageState.CLAIMED


def test_a_day_that_other_mail_filled_moves_the_mail(case: Case) -> None:
    """Facts read ahead still see room; the slot itself is the last word."""
    with transaction() as session:
        session.execute(update(Sender).values(daily_cap=1))
    with snapshot() as session:
        [ahead] = read_batch(session, [case.ahead.message.id], at=now()).ahead.values()
    with transaction() as session:
        session.add(SenderDay(sender_id=case.enrollment.sender_id, day=now().date(), handed_over=1))
    assert Case(ahead, case.statements).begin() is None
    message = only_message()
    assert (message.state, message.reason) == (MessageState.PLANNED, "daily_cap")
    with transaction() as session:
        assert session.scalars(select(SenderDay.handed_over)).all() == [1]


def test_facts_read_ahead_are_judged_by_the_clock_of_the_beginning(case: Case) -> None:
    """Late by more than its limit since it was read: it waits for a person instead of leaving."""
    with time_machine.travel(now() + timedelta(hours=30), tick=True):
        assert case.begin() is None
    assert only_message().state is MessageState.PLANNED
    assert only_message().not_before_at is None


def test_a_program_changed_between_reading_and_beginning_changes_nothing(case: Case) -> None:
    with transaction() as session:
        session.execute(update(Program).values(name="Renamed"))
    assert case.begin() is not None
    assert not case.asked_anew
