"""What a person can do about one step of an enrollment: release it, skip it, finish it, move on to another version."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.models import Enrollment, EnrollmentState, Message, MessageState, SequenceVersion, StepDone, Task
from app.queries.sequence_content import plan_of
from app.services.enrollment_audit import audit_enrollment
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.ledger.decision import decide
from app.services.ledger.facts import load_facts, task_origin
from app.services.ledger.resolving import send_again
from app.services.ledger.states import NOT_BEGUN, change_state
from app.services.ledger.step_over import finish_step
from outreach.sequence import StepKind

_OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)


def release_step(session: Session, enrollment_id: int, *, by_user_id: int) -> None:
    """Let a held step happen after all, from now on. Raises NotFound, and Conflict where it is not held."""
    enrollment = _enrollment(session, enrollment_id)
    if enrollment.state is not EnrollmentState.HELD:
        raise Conflict(_("This step is not held (any more). Reload the page."))
    moment = now()
    step = enrollment.next_step or _step_at(session, enrollment_id, moment)
    enrollment.state, enrollment.reason, enrollment.detail = EnrollmentState.ACTIVE, "", ""
    if step:
        enrollment.rescheduled = enrollment.rescheduled | {step: moment.isoformat()}
    session.flush()
    planned = session.scalar(_of_step(enrollment_id, step)) if step else None
    if planned is None:
        enrollment.next_at = moment
    elif planned.state in (MessageState.REFUSED, MessageState.RESOLVED_NOT_SENT):
        send_again(session, planned.id, by_user_id=by_user_id)
    else:
        change_state(
            session, planned.id, old=MessageState.PLANNED, state=MessageState.PLANNED, not_before_at=moment, reason=""
        )
    audit_enrollment(session, enrollment, "enrollment.step_released", by_user_id=by_user_id, step=step)
    dispatch_after_commit(session, Job.PLAN_OUTREACH)
    dispatch_after_commit(session, Job.DRAIN_MAIL, 0)


def skip_step(session: Session, enrollment_id: int, step: str, *, by_user_id: int, reason: str = "") -> None:
    """Leave a step out and go on with the next. Raises Conflict where it is over, on its way, or in doubt."""
    enrollment = _enrollment(session, enrollment_id)
    if enrollment.state not in _OPEN:
        raise Conflict(_("This sequence has ended for the contact. Reload the page."))
    message = session.scalar(_of_step(enrollment_id, step))
    if message is not None:
        _skip_message(session, message, reason or "A person skipped this step.")
    finish_step(session, enrollment, step, by_user_id=by_user_id, is_skipped=True, reason=reason)


def finish_task_step(
    session: Session, enrollment_id: int, step: str, *, by_user_id: int | None, is_skipped: bool = False
) -> None:
    """Note that the task of a manual step is done (or dropped), which ends the step; safe to repeat."""
    enrollment = session.get(Enrollment, enrollment_id)
    if enrollment is not None:
        finish_step(session, enrollment, step, by_user_id=by_user_id, is_skipped=is_skipped)


def move_to_version(
    session: Session, enrollment_id: int, *, version_id: int, steps: dict[str, str], by_user_id: int
) -> None:
    """Put an enrollment on another version; `steps` maps its finished steps to steps of the new version.

    Raises InvalidInput for a mapping that leaves a finished mail out or names a step that is not there, and Conflict
    where a mail of it is planned or on its way.
    """
    enrollment = _enrollment(session, enrollment_id)
    version = session.get(SequenceVersion, version_id)
    if version is None or version.sequence_id != enrollment.sequence_id or version.number == 0:
        raise InvalidInput({"version_id": _("Choose a published version of the same sequence.")})
    if enrollment.state not in _OPEN:
        raise Conflict(_("This sequence has ended for the contact. Reload the page."))
    kinds = {step.id: step.kind for step in plan_of(version).steps}
    messages = list(session.scalars(select(Message).where(Message.enrollment_id == enrollment_id)))
    done = list(session.scalars(select(StepDone).where(StepDone.enrollment_id == enrollment_id)))
    if any(message.state in (*NOT_BEGUN, MessageState.HANDING_OVER) for message in messages):
        raise Conflict(_("A mail of it is planned or on its way. Wait for it or skip it, then move the contact."))
    _check_mapping(steps, {message.step or "" for message in messages}, {row.step for row in done}, kinds)
    _rename_steps(session, [*messages, *done], steps)
    _rename_tasks(session, enrollment_id, steps)
    enrollment.rescheduled = {steps.get(step, step): at for step, at in enrollment.rescheduled.items()}
    enrollment.version_id, enrollment.next_at, enrollment.next_step = version_id, now(), None
    session.flush()
    audit_enrollment(
        session, enrollment, "enrollment.moved", by_user_id=by_user_id, version=version.number, steps=steps
    )


def _rename_steps(session: Session, rows: list[Message | StepDone], steps: dict[str, str]) -> None:
    """Give rows the ids of their new steps; by way of names of their own, for two steps may have changed places."""
    renamed = [(row, steps.get(row.step or "", row.step)) for row in rows]
    for number, (row, _new) in enumerate(renamed):
        row.step = f"~{number}"
    session.flush()
    for row, new in renamed:
        row.step = new
    session.flush()


def _rename_tasks(session: Session, enrollment_id: int, steps: dict[str, str]) -> None:
    """Let tasks of finished steps go along, so that a step of the new version with an old id gets a task of its own."""
    origins = {task_origin(enrollment_id, old): task_origin(enrollment_id, new) for old, new in steps.items()}
    tasks = list(session.scalars(select(Task).where(Task.origin.in_(origins))))
    renamed = [(task, origins[task.origin or ""]) for task in tasks]
    for number, (task, _new) in enumerate(renamed):
        task.origin = f"~{enrollment_id}:{number}"
    session.flush()
    for task, new in renamed:
        task.origin = new
    session.flush()


def _check_mapping(steps: dict[str, str], mailed: set[str], done: set[str], kinds: dict[str, StepKind]) -> None:
    problems = [
        _("Step %(step)s was mailed and leads nowhere in the new version.", step=step) for step in mailed - steps.keys()
    ]
    problems += [_("%(step)s is no step of the new version.", step=new) for new in steps.values() if new not in kinds]
    problems += [
        _("Step %(old)s was a mail and %(new)s is none.", old=old, new=steps[old])
        for old in mailed & steps.keys()
        if kinds.get(steps[old]) not in (None, StepKind.EMAIL)
    ]
    taken = [steps[old] for old in (mailed | done) & steps.keys()]
    problems += [
        _("%(step)s would stand for two steps.", step=new) for new in sorted(set(taken)) if taken.count(new) > 1
    ]
    if problems:
        raise InvalidInput({"steps": " ".join(sorted(problems))})


def _skip_message(session: Session, message: Message, detail: str) -> None:
    if message.state in (MessageState.REFUSED, MessageState.RESOLVED_NOT_SENT, MessageState.SKIPPED):
        return
    is_skipped = message.state in NOT_BEGUN and change_state(
        session,
        message.id,
        old=message.state,
        state=MessageState.SKIPPED,
        reason="skipped",
        detail=detail,
        leased_by="",
        lease_until=None,
        not_before_at=None,
    )
    if not is_skipped:
        raise Conflict(
            _("This mail is on its way, was sent, or is in doubt, so it cannot be skipped. Reload the page.")
        )


def _of_step(enrollment_id: int, step: str) -> Select[Message]:
    return select(Message).where(Message.enrollment_id == enrollment_id, Message.step == step)


def _step_at(session: Session, enrollment_id: int, at: datetime) -> str | None:
    """Return the step an enrollment stands at; its row does not tell after it was moved to another version."""
    step = decide(load_facts(session, [enrollment_id], at=at)[enrollment_id], at).step
    return step.id if step else None


def _enrollment(session: Session, enrollment_id: int) -> Enrollment:
    enrollment = session.get(Enrollment, enrollment_id, populate_existing=True, with_for_update=True)
    if enrollment is None:
        raise NotFound(_("There is no such enrollment."))
    return enrollment
