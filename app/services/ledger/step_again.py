"""A manual step that waits for its task again, because the task was opened again and nothing has followed it."""

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import mark
from app.models import ContactValue, Enrollment, EnrollmentState, Message, SequenceVersion, StepDone, Task
from app.queries.sequence_content import plan_of
from app.services.audit import record_audit
from app.services.errors import Conflict
from app.services.ledger.decision import Verdict, decide
from app.services.ledger.facts import load_facts, task_origin
from app.services.ledger.gate import close_gate
from app.services.ledger.step_over import step_of_task

_ENDED = mark(
    "The sequence has ended for this contact, so this task stays closed. Write a task of your own for what is left."
)
_WENT_ON = mark(
    "The sequence has gone on after this step, so this task stays closed. Write a task of your own for what is left."
)
_ELSEWHERE = mark(
    "The contact is in another sequence by now, so this task stays closed. Write a task of your own for what is left."
)


def task_reopened(session: Session, task: Task, *, actor_id: int) -> None:
    """Let the sequence wait for a task that was just opened again; tasks of no sequence are left alone.

    Raises Conflict where it has ended since, or anything after the step was planned, sent, asked for or done.
    """
    found = step_of_task(task)
    if found is None:
        return
    enrollment_id, step = found
    # A stop that is being written down comes first, and is seen.
    close_gate(session)
    # Held, so that no planner goes on meanwhile.
    enrollment = session.get(Enrollment, enrollment_id, with_for_update=True, populate_existing=True)
    if enrollment is None:
        return
    # Of a person who was erased or removed nothing is left to write to.
    is_there = exists().where(ContactValue.contact_id == enrollment.contact_id)
    if enrollment.state is EnrollmentState.STOPPED or not session.scalar(select(is_there)):
        raise Conflict(_(_ENDED))
    of_step = select(StepDone).where(StepDone.enrollment_id == enrollment.id, StepDone.step == step)
    done = session.scalar(of_step)
    # Without it the step was given another name, in the version that the contact was moved to.
    if done is None or _has_gone_on(session, enrollment, step):
        raise Conflict(_(_WENT_ON))
    session.delete(done)
    _wait(session, enrollment, step)
    record_audit(
        session,
        "enrollment.step_reopened",
        subject=f"enrollment:{enrollment.id}",
        actor_id=actor_id,
        program_id=enrollment.program_id,
        details={"step": step},
    )


def _has_gone_on(session: Session, enrollment: Enrollment, step: str) -> bool:
    """Say whether anything is known of a step after this one, or this one is none of the version's."""
    steps = [each.id for each in plan_of(session.get_one(SequenceVersion, enrollment.version_id)).steps]
    if step not in steps:
        return True
    later = steps[steps.index(step) + 1 :]
    known = (
        select(Message.id).where(Message.enrollment_id == enrollment.id, Message.step.in_(later)),
        select(StepDone.id).where(StepDone.enrollment_id == enrollment.id, StepDone.step.in_(later)),
        select(Task.id).where(Task.origin.in_([task_origin(enrollment.id, each) for each in later])),
    )
    return any(session.scalar(query.limit(1)) is not None for query in known)


def _wait(session: Session, enrollment: Enrollment, step: str) -> None:
    """Put the enrollment back to its step; one that was through with this step as its last goes on again."""
    try:
        with session.begin_nested():
            enrollment.state, enrollment.reason, enrollment.detail = EnrollmentState.ACTIVE, "", ""
            enrollment.ended_at, enrollment.next_at, enrollment.next_step = None, None, step
    except IntegrityError:
        raise Conflict(_(_ELSEWHERE)) from None
    moment = now()
    # Whoever answered, applied or asked to hear no more since it was through is not to be called.
    if decide(load_facts(session, [enrollment.id], at=moment)[enrollment.id], moment).verdict is Verdict.ENDED:
        raise Conflict(_(_ENDED))
