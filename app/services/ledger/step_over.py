"""A step that is over without a mail: its task was done, or a person skipped it. Then the next step is planned."""

import re

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.models import Enrollment, EnrollmentState, StepDone, Task, TaskKind, TaskState
from app.services.audit import record_audit
from app.services.ledger.facts import task_origin

_OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)
_ORIGIN = re.compile(r"enrollment:(\d+):step:(.+)")


def finish_step(
    session: Session, enrollment: Enrollment, step: str, *, by_user_id: int | None, is_skipped: bool, reason: str = ""
) -> None:
    """Write that a step is over without a mail, once, close its task, and plan what comes next."""
    known = select(StepDone.id).where(StepDone.enrollment_id == enrollment.id, StepDone.step == step)
    if session.scalar(known) is not None:
        return
    row = StepDone(
        enrollment_id=enrollment.id,
        step=step,
        is_skipped=is_skipped,
        reason=reason[:200],
        by_user_id=by_user_id,
        at=now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return
    _close_task(session, enrollment.id, step, is_skipped=is_skipped, by_user_id=by_user_id)
    if enrollment.state in _OPEN:
        enrollment.state, enrollment.reason, enrollment.detail = EnrollmentState.ACTIVE, "", ""
        enrollment.next_at = now()
    action = "enrollment.step_skipped" if is_skipped else "enrollment.step_done"
    _audit(session, enrollment, action, by_user_id=by_user_id, step=step)
    dispatch_after_commit(session, Job.PLAN_OUTREACH)


def task_closed(session: Session, task: Task) -> None:
    """End the manual step that a task belongs to, now that it is done or dropped; other tasks are left alone."""
    found = step_of_task(task)
    enrollment = session.get(Enrollment, found[0]) if found else None
    if found and enrollment is not None:
        is_skipped = task.state is TaskState.DROPPED
        finish_step(session, enrollment, found[1], by_user_id=task.closed_by_id, is_skipped=is_skipped)


def step_of_task(task: Task) -> tuple[int, str] | None:
    """Return the enrollment and the step that a task belongs to, None for a task of no sequence."""
    found = _ORIGIN.fullmatch(task.origin or "") if task.kind is TaskKind.MANUAL_STEP else None
    return (int(found[1]), found[2]) if found else None


def _close_task(session: Session, enrollment_id: int, step: str, *, is_skipped: bool, by_user_id: int | None) -> None:
    task = session.scalar(select(Task).where(Task.origin == task_origin(enrollment_id, step)))
    if task is not None and task.state is TaskState.OPEN:
        task.state = TaskState.DROPPED if is_skipped else TaskState.DONE
        task.closed_at, task.closed_by_id = now(), by_user_id


def _audit(session: Session, enrollment: Enrollment, action: str, *, by_user_id: int | None, step: str) -> None:
    record_audit(
        session,
        action,
        subject=f"enrollment:{enrollment.id}",
        actor_id=by_user_id,
        program_id=enrollment.program_id,
        details={"step": step},
    )
