"""All that the policy asks about enrollments, loaded for many at once in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Company,
    ContactBasis,
    Enrollment,
    Message,
    MessageKind,
    Pause,
    PauseScope,
    Program,
    Prospect,
    Sender,
    SenderDay,
    SenderDomain,
    SequenceVersion,
    StepDone,
    Stop,
    Task,
    TaskState,
)
from app.queries.contact_facts import contact_facts
from app.queries.sending_rules import rules_of, sending_lock
from app.queries.sequence_content import own_days_of, plan_of
from app.services.ledger.cases import Around, Rows, case_of, day_of, domain_of
from app.services.ledger.states import NOT_BEGUN
from app.services.suppressions import suppressed_among
from outreach.enrollment import Enrollment as Case
from outreach.sequence import Sequence as Plan
from outreach.sequence import Step, StepKind, choose_variant

EnrollmentRow = Row[Enrollment, SequenceVersion, Sender, Prospect, Company, datetime | None, list[Any]]


@dataclass(frozen=True, slots=True)
class Facts:
    """An enrollment's rows, its plan, and its case in the form that outreach.planning judges.

    `lock` says in a sentence why nothing may leave from its sender, "" where it may; `is_archived` that the program was
    put away, with its screens, so that nobody would see what happens in it.
    """

    enrollment: Enrollment
    version: SequenceVersion
    sender: Sender
    prospect: Prospect
    plan: Plan
    case: Case
    messages: tuple[Message, ...]
    lock: str
    is_archived: bool

    @property
    def address(self) -> str:
        """Return the address the contact is written to, "" where none is known."""
        return self.case.contact.email

    def variant_of(self, step: Step) -> str:
        """Return the id of the variant this enrollment gets of a step, "" for a step without any."""
        chosen = choose_variant(step, self.enrollment.token)
        return chosen.id if chosen else ""


def load_facts(
    session: Session, enrollment_ids: Iterable[int], *, at: datetime, without_planned: bool = False
) -> dict[int, Facts]:
    """Return the facts of enrollments as of `at` (aware), by id and in the order of the ids given.

    `without_planned` judges as if no message were planned: one that is about to leave must not stand in its own way.
    """
    ids = list(enrollment_ids)
    rows = session.execute(
        select(Enrollment, SequenceVersion, Sender, Prospect, Company, Program.archived_at, Program.own_days)
        .join(SequenceVersion, SequenceVersion.id == Enrollment.version_id)
        .join(Sender, Sender.id == Enrollment.sender_id)
        .join(Prospect, Prospect.id == Enrollment.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .join(Program, Program.id == Enrollment.program_id)
        .where(Enrollment.id.in_(ids))
        .execution_options(populate_existing=True)
    ).all()
    around = _around(session, rows, at=at)
    facts = {row[0].id: _facts(row, around, without_planned=without_planned) for row in rows}
    return {enrollment_id: facts[enrollment_id] for enrollment_id in ids if enrollment_id in facts}


def task_origin(enrollment_id: int, step: str) -> str:
    """Return what the task of a manual step calls its origin, so that asking twice makes one task."""
    return f"enrollment:{enrollment_id}:step:{step}"


def _facts(row: EnrollmentRow, around: Around, *, without_planned: bool) -> Facts:
    enrollment, version, sender, prospect, company, archived_at, own_days = row
    messages = tuple(around.messages[enrollment.id])
    judged = tuple(each for each in messages if each.state not in NOT_BEGUN) if without_planned else messages
    rows = Rows(enrollment, sender, prospect, company, judged)
    return Facts(
        enrollment=enrollment,
        version=version,
        sender=sender,
        prospect=prospect,
        plan=plan_of(version, own_days_of(own_days, sender.id)),
        case=case_of(rows, around),
        messages=messages,
        lock=sending_lock(sender),
        is_archived=archived_at is not None,
    )


def _around(session: Session, rows: Sequence[EnrollmentRow], *, at: datetime) -> Around:
    ids = [row[0].id for row in rows]
    contacts = {row[0].contact_id for row in rows}
    senders = {row[2].id: row[2] for row in rows}
    programs = {row[0].program_id for row in rows}
    addresses = {contact_id: facts.email for contact_id, facts in contact_facts(session, contacts).items()}
    unended = list(session.scalars(select(Pause).where(Pause.ended_at.is_(None))))
    return Around(
        at=at,
        messages=_messages(session, ids),
        done=_steps_done(session, ids),
        open_tasks=_open_tasks(session, rows),
        stops=_stops(session, contacts, {row[4].id for row in rows}),
        pauses=[pause for pause in unended if _holds(pause, at)],
        run_out=frozenset(
            pause.subject_id for pause in unended if pause.scope is PauseScope.SENDER and not _holds(pause, at)
        ),
        addresses=addresses,
        suppressed=frozenset(suppressed_among(session, {each for each in addresses.values() if each})),
        bases=_bases(session, programs, contacts),
        rules={program_id: rules_of(session, program_id) for program_id in programs},
        handed_over={sender_id: handed_over_on_day(session, sender, at) for sender_id, sender in senders.items()},
        last_at=_last_to_domains(session, set(senders), {domain_of(each) for each in addresses.values() if each}),
    )


def open_pauses(session: Session, *, at: datetime) -> list[Pause]:
    """Return the pauses that hold something at a moment."""
    rows = session.scalars(select(Pause).where(Pause.ended_at.is_(None)))
    return [pause for pause in rows if _holds(pause, at)]


def _holds(pause: Pause, at: datetime) -> bool:
    return pause.until_at is None or pause.until_at > at


def handed_over_on_day(session: Session, sender: Sender, at: datetime) -> int:
    """Return how many mails a sender has handed over on the day of its own calendar that `at` lies on."""
    query = select(SenderDay.handed_over).where(
        SenderDay.sender_id == sender.id, SenderDay.day == day_of(sender, at).date()
    )
    return session.scalar(query) or 0


def _messages(session: Session, ids: list[int]) -> dict[int, list[Message]]:
    found: dict[int, list[Message]] = defaultdict(list)
    query = (
        select(Message)
        .where(Message.enrollment_id.in_(ids), Message.kind == MessageKind.STEP)
        .order_by(Message.id)
        .execution_options(populate_existing=True)
    )
    for message in session.scalars(query):
        found[message.enrollment_id or 0].append(message)
    return found


def _steps_done(session: Session, ids: list[int]) -> dict[int, list[StepDone]]:
    found: dict[int, list[StepDone]] = defaultdict(list)
    for row in session.scalars(select(StepDone).where(StepDone.enrollment_id.in_(ids))):
        found[row.enrollment_id].append(row)
    return found


def _open_tasks(session: Session, rows: Sequence[EnrollmentRow]) -> dict[str, datetime]:
    """Return when the open tasks of manual steps were asked for, by origin."""
    origins = [
        task_origin(row[0].id, step.id) for row in rows for step in plan_of(row[1]).steps if step.kind is StepKind.TASK
    ]
    if not origins:
        return {}
    query = select(Task.origin, Task.created_at).where(Task.origin.in_(origins), Task.state == TaskState.OPEN)
    return {origin: created_at for origin, created_at in session.execute(query) if origin}


def _stops(session: Session, contacts: set[int], companies: set[int]) -> dict[int, list[Stop]]:
    """Return the stops by company; a person's own are among them, for a contact is always at one company."""
    found: dict[int, list[Stop]] = defaultdict(list)
    query = select(Stop).where(or_(Stop.contact_id.in_(contacts), Stop.company_id.in_(companies)))
    for stop in session.scalars(query):
        found[stop.company_id].append(stop)
    return found


def _bases(session: Session, programs: set[int], contacts: set[int]) -> dict[tuple[int, int], ContactBasis]:
    query = select(ContactBasis).where(ContactBasis.contact_id.in_(contacts), ContactBasis.program_id.in_(programs))
    return {(basis.program_id, basis.contact_id): basis for basis in session.scalars(query)}


def _last_to_domains(session: Session, senders: set[int], domains: set[str]) -> dict[tuple[int, str], datetime]:
    query = select(SenderDomain).where(SenderDomain.sender_id.in_(senders), SenderDomain.domain.in_(domains))
    return {(row.sender_id, row.domain): row.last_at for row in session.scalars(query)}
