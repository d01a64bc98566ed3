"""Plan what is due: a mail becomes a message, a manual step a task, and the rest learns when to look again."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.models import Enrollment, EnrollmentState, Message, MessageKind, MessageState, Sequence
from app.services.ledger.contacted import BEFORE_CONTACT, note_contacted
from app.services.ledger.decision import Decision, Verdict, decide
from app.services.ledger.facts import Facts, load_facts
from app.services.ledger.manual_steps import open_step_task
from app.services.ledger.states import ACTIVE_ENROLLMENTS, NOT_SENT, SENT
from app.services.stops import Ending, end_enrollments
from outreach.sequence import Step, StepKind

BATCH = 200


def due_enrollments(at: datetime, *, limit: int) -> Select[int]:
    """Return the query for the enrollments that are due, the longest overdue first; one index range, no sort."""
    return (
        select(Enrollment.id)
        .where(ACTIVE_ENROLLMENTS, Enrollment.next_at <= at)
        .order_by(Enrollment.next_at, Enrollment.id)
        .limit(limit)
    )


def plan_due(session: Session, *, limit: int = BATCH, at: datetime | None = None) -> Counter[Verdict]:
    """Plan up to `limit` due enrollments as of `at` (now) and return how many got which verdict; empty: none is due.

    Several planners at once share the work: rows that another one holds are left to it.
    """
    at = at or now()
    query = due_enrollments(at, limit=limit).with_for_update(skip_locked=True, of=Enrollment)
    return plan_enrollments(session, session.scalars(query).all(), at=at)


def plan_enrollments(session: Session, ids: Iterable[int], *, at: datetime | None = None) -> Counter[Verdict]:
    """Plan the next step of these enrollments, due or not; the caller holds their rows."""
    at = at or now()
    facts = load_facts(session, ids, at=at)
    approving = _approving(session, facts.values())
    verdicts: Counter[Verdict] = Counter()
    mails: list[dict[str, Any]] = []
    for each in facts.values():
        decision = decide(each, at)
        mail = _act(session, each, decision, at=at, needs_approval=each.enrollment.sequence_id in approving)
        mails += [mail] if mail else []
        verdicts[decision.verdict] += 1
    if mails:
        # As rows that nobody asks back: PostgreSQL took five times longer over one statement of 200 with their ids.
        session.execute(insert(Message), mails)
        dispatch_after_commit(session, Job.DRAIN_MAIL, 0)
    note_contacted(session, (each.prospect.id for each in facts.values() if _was_written_to(each)))
    return verdicts


def _was_written_to(facts: Facts) -> bool:
    """Whether a mail left and nobody moved the prospect: its worker died before it could."""
    return facts.prospect.stage in BEFORE_CONTACT and any(each.state in SENT for each in facts.messages)


def _approving(session: Session, facts: Iterable[Facts]) -> set[int]:
    """Return the sequences whose first mails a person wants to see before they leave."""
    ids = {each.enrollment.sequence_id for each in facts}
    return set(session.scalars(select(Sequence.id).where(Sequence.id.in_(ids), Sequence.approve_first_mail)))


def _act(
    session: Session, facts: Facts, decision: Decision, *, at: datetime, needs_approval: bool
) -> dict[str, Any] | None:
    """Write the verdict into the enrollment; return the mail to plan, where it is time for one."""
    enrollment, step = facts.enrollment, decision.step
    if decision.verdict is Verdict.NOT_ACTIVE:
        return None
    enrollment.next_step = step.id if step else None
    enrollment.next_at = decision.at
    enrollment.reason, enrollment.detail = decision.reason, decision.detail
    if decision.verdict is Verdict.THROUGH:
        enrollment.state, enrollment.ended_at = EnrollmentState.FINISHED, at
    elif decision.verdict is Verdict.ENDED:
        session.flush()
        end_enrollments(session, [enrollment.id], Ending(decision.reason, decision.detail))
    elif decision.verdict is Verdict.TOO_LATE:
        enrollment.state = EnrollmentState.HELD
    elif step is not None and decision.verdict is Verdict.BLOCKED and decision.is_crowded_out and decision.at:
        # Other mail was in the way: lateness counts from when there is room again.
        enrollment.rescheduled = enrollment.rescheduled | {step.id: decision.at.isoformat()}
    elif step is not None and step.kind is StepKind.EMAIL and _is_message_time(facts, decision, needs_approval):
        enrollment.next_at = None
        return _mail(facts, step, decision, needs_approval=needs_approval)
    elif step is not None and decision.verdict is Verdict.NOW:
        open_step_task(session, facts, step, at=at)
        enrollment.next_at = None
    return None


def _is_message_time(facts: Facts, decision: Decision, needs_approval: bool) -> bool:
    """A mail is planned when it is due; a first one that a person must approve as soon as its time is known."""
    if decision.verdict is Verdict.NOW:
        return True
    return needs_approval and _is_first(facts) and decision.verdict is Verdict.LATER


def _is_first(facts: Facts) -> bool:
    """Whether nothing was written to the contact yet: after one that a person skipped, the next mail is the first."""
    return all(each.state in NOT_SENT for each in facts.messages)


def _mail(facts: Facts, step: Step, decision: Decision, *, needs_approval: bool) -> dict[str, Any]:
    enrollment = facts.enrollment
    return {
        "program_id": enrollment.program_id,
        "kind": MessageKind.STEP,
        "enrollment_id": enrollment.id,
        "step": step.id,
        "variant": facts.variant_of(step),
        "prospect_id": enrollment.prospect_id,
        "contact_id": enrollment.contact_id,
        "sender_id": enrollment.sender_id,
        "to_address": facts.address,
        "state": MessageState.PLANNED,
        "needs_approval": needs_approval and _is_first(facts),
        "due_at": decision.at,
        "not_before_at": decision.at,
    }
