"""Manual steps: the task a person gets for a call or a message elsewhere, one for each step."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Task, TaskKind
from app.services.composing import compose_step
from app.services.ledger.facts import Facts, task_origin
from app.services.tasks import NewTask, open_task
from outreach.sequence import Step


def open_step_task(session: Session, facts: Facts, step: Step, *, at: datetime) -> Task:
    """Open the task of a manual step with its prepared text, for the prospect's owner, else whoever enrolled.

    A text that cannot be written is said in the task: a person can still make the call.
    """
    enrollment = facts.enrollment
    composed = compose_step(session, enrollment, step_id=step.id, variant_id="")
    detail = "\n\n".join(part for part in (composed.text.strip(), *composed.problems) if part)
    return open_task(
        session,
        NewTask(
            program_id=enrollment.program_id,
            title=composed.subject.strip() or f"Step {step.id}",
            kind=TaskKind.MANUAL_STEP,
            prospect_id=enrollment.prospect_id,
            detail=detail,
            assignee_id=facts.prospect.owner_id or enrollment.enrolled_by_id,
            due_at=at,
            origin=task_origin(enrollment.id, step.id),
        ),
    )
