"""Stops: what ends outreach to a person, and where the sequence says so, to the whole company.

A stop is one transaction: the fact, the enrollments it ends and the planned mails it skips. It closes the ledger's
gate first, so that no mail is handed over once it is committed (DESIGN section 7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import mark
from app.models import (
    Contact,
    Enrollment,
    EnrollmentState,
    Message,
    MessageState,
    SequenceVersion,
    Stop,
    StopKind,
    Task,
    TaskKind,
    TaskState,
)
from app.queries.sequence_content import plan_of
from app.services.errors import InvalidInput
from app.services.ledger.gate import close_gate
from app.services.ledger.states import NOT_BEGUN
from outreach.sequence import StopKind as PlanStop

# These speak of the address itself: they end outreach in every program, whoever heard of it.
EVERYWHERE = frozenset((StopKind.OPT_OUT, StopKind.BOUNCE, StopKind.COMPLAINT))
_SENTENCES = {
    StopKind.REPLY: mark("A person answered."),
    StopKind.OPT_OUT: mark("Asked not to be mailed any more."),
    StopKind.BOUNCE: mark("The address does not take mail."),
    StopKind.COMPLAINT: mark("Reported a mail as spam."),
    StopKind.APPLICATION: mark("Applied to the program."),
    StopKind.BY_HAND: mark("Somebody ended it."),
}
_OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)


@dataclass(frozen=True, slots=True)
class Ending:
    """Why enrollments end: a rule's name, and the sentence people read."""

    reason: str
    detail: str


def record_stop(
    session: Session,
    *,
    contact_id: int | None,
    company_id: int | None = None,
    program_id: int | None = None,
    kind: StopKind,
    source: str,
) -> Stop:
    """Record what ends outreach to a contact and end it, in this transaction; once for one kind and source.

    Without a contact it ends what runs to anybody of the company: somebody there did it, nobody knows who. Without a
    program it counts in all; an opt-out, a bounce and a complaint always do. `source` is what told us, as in
    "inbound:12". Raises InvalidInput where neither contact nor company is given.
    """
    close_gate(session)
    contact = session.get(Contact, contact_id) if contact_id is not None else None
    company_id = company_id or (contact.company_id if contact else None)
    if company_id is None:
        raise InvalidInput({"contact_id": "A stop needs the contact or the company it is about."})
    if kind in EVERYWHERE:
        program_id = None
    known = session.scalar(
        select(Stop).where(
            Stop.company_id == company_id, Stop.contact_id == contact_id, Stop.kind == kind, Stop.source == source
        )
    )
    stop = known or Stop(
        company_id=company_id, contact_id=contact_id, program_id=program_id, kind=kind, source=source[:120], at=now()
    )
    session.add(stop)
    session.flush()
    ending = Ending(kind.value, _SENTENCES[kind])
    end_enrollments(session, _touched(session, stop), ending)
    return stop


def end_enrollments(session: Session, enrollment_ids: list[int], ending: Ending) -> int:
    """End open enrollments, skip their mails that no worker has begun to hand over and drop their open tasks.

    Returns how many ended. The caller has closed the gate. An unanswered handing over goes on: its mail may have left
    already.
    """
    if not enrollment_ids:
        return 0
    moment = now()
    ended = session.scalars(
        update(Enrollment)
        .where(Enrollment.id.in_(enrollment_ids), Enrollment.state.in_(_OPEN))
        .values(
            state=EnrollmentState.STOPPED, reason=ending.reason, detail=ending.detail, next_at=None, ended_at=moment
        )
        .returning(Enrollment.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    skip_open_messages(session, enrollment_ids, ending)
    _drop_tasks(session, ended, at=moment)
    return len(ended)


def skip_open_messages(session: Session, enrollment_ids: list[int], ending: Ending) -> None:
    """Skip every mail of the enrollments that no worker has begun to hand over."""
    session.execute(
        update(Message)
        .where(Message.enrollment_id.in_(enrollment_ids), Message.state.in_(NOT_BEGUN))
        .values(
            state=MessageState.SKIPPED,
            reason=ending.reason,
            detail=ending.detail,
            lease_until=None,
            leased_by="",
            not_before_at=None,
        )
        .execution_options(synchronize_session="fetch")
    )


def _drop_tasks(session: Session, enrollment_ids: Sequence[int], *, at: datetime) -> None:
    """Drop the open tasks of manual steps: nobody shall call somebody who asked to hear no more."""
    if not enrollment_ids:
        return
    rows = session.execute(
        select(Enrollment.id, Task)
        .join(Task, Task.prospect_id == Enrollment.prospect_id)
        .where(Enrollment.id.in_(enrollment_ids), Task.kind == TaskKind.MANUAL_STEP, Task.state == TaskState.OPEN)
    )
    for enrollment_id, task in rows:
        if (task.origin or "").startswith(f"enrollment:{enrollment_id}:step:"):
            task.state, task.closed_at = TaskState.DROPPED, at
    session.flush()


def end_for_prospect(session: Session, prospect_id: int, ending: Ending) -> int:
    """End every open enrollment of a prospect, as when it leaves the board. Closes the gate."""
    close_gate(session)
    ids = session.scalars(
        select(Enrollment.id).where(Enrollment.prospect_id == prospect_id, Enrollment.state.in_(_OPEN))
    ).all()
    return end_enrollments(session, list(ids), ending)


def _touched(session: Session, stop: Stop) -> list[int]:
    """Return the open enrollments that a stop ends: the person's own, and colleagues' whose sequence says so."""
    same_company = select(Contact.id).where(Contact.company_id == stop.company_id)
    query = (
        select(Enrollment, SequenceVersion)
        .join(SequenceVersion, SequenceVersion.id == Enrollment.version_id)
        .where(
            Enrollment.state.in_(_OPEN),
            or_(Enrollment.contact_id == stop.contact_id, Enrollment.contact_id.in_(same_company)),
        )
    )
    if stop.program_id is not None:
        query = query.where(Enrollment.program_id == stop.program_id)
    return [
        enrollment.id
        for enrollment, version in session.execute(query)
        if stop.contact_id is None or enrollment.contact_id == stop.contact_id or _stops_company(version, stop.kind)
    ]


def _stops_company(version: SequenceVersion, kind: StopKind) -> bool:
    return kind is not StopKind.BY_HAND and PlanStop(kind.value) in plan_of(version).stops_company
