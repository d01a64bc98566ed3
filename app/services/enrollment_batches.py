"""Enrolling many with one decision: worked off piece by piece, and taken back while nothing went out.

Whatever goes wrong with one contact stays with that one and is told; the others are enrolled all the same.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.log import get_logger
from app.models import Enrollment, EnrollmentBatch, Message, MessageState, Program, User
from app.models import Sequence as SequenceRow
from app.services.audit import record_audit
from app.services.enrolling import enroll_one
from app.services.enrollments import stop_enrollment
from app.services.errors import Conflict, InvalidInput, NotFound, ServiceError
from app.services.ledger.gate import close_gate
from app.services.ledger.states import NOT_BEGUN

CHUNK = 50
# How the reason of one whom our own fault kept out begins.
FAULT = "A fault on our side"
log = get_logger(__name__)
_NOTHING_WENT_OUT = (*NOT_BEGUN, MessageState.SKIPPED)


def start_batch(
    session: Session,
    program: Program,
    contact_ids: Sequence[int],
    *,
    sequence_id: int,
    sender_id: int,
    actor: User | None,
) -> EnrollmentBatch:
    """Begin to enroll many; a worker does it piece by piece. Raises InvalidInput without anybody to enroll."""
    if not contact_ids:
        raise InvalidInput({"contact_ids": _("There is nobody to enroll. Look at the reasons below.")})
    batch = EnrollmentBatch(
        program_id=program.id,
        sequence_id=sequence_id,
        sender_id=sender_id,
        contact_ids=list(dict.fromkeys(contact_ids)),
        created_by_id=actor.id if actor else None,
    )
    session.add(batch)
    session.flush()
    details = {"contacts": len(batch.contact_ids), "sequence_id": sequence_id}
    _audit(session, batch, "enrollment.batch_started", actor=actor, **details)
    dispatch_after_commit(session, Job.RUN_ENROLLMENTS)
    return batch


def batch_in(session: Session, program: Program, batch_id: int) -> EnrollmentBatch:
    """Return a batch of a program that access was checked for; raises NotFound."""
    batch = session.get(EnrollmentBatch, batch_id)
    if batch is None or batch.program_id != program.id:
        raise NotFound(_("There is no such batch in this program."))
    return batch


def open_batches(session: Session) -> list[int]:
    """Return the batches with somebody left to enroll, the oldest first."""
    return list(
        session.scalars(
            select(EnrollmentBatch.id).where(EnrollmentBatch.finished_at.is_(None)).order_by(EnrollmentBatch.id)
        )
    )


def run_batch_chunk(session: Session, batch_id: int, *, limit: int = CHUNK) -> bool:
    """Enroll the next contacts of a batch; return whether there are more. One who cannot stays with a reason."""
    batch = _locked(session, batch_id)
    if batch is None or batch.finished_at is not None:
        return False
    program = session.get_one(Program, batch.program_id)
    actor = session.get(User, batch.created_by_id) if batch.created_by_id else None
    skipped = dict(batch.skipped)
    part = batch.contact_ids[batch.done_count : batch.done_count + limit]
    for contact_id in part:
        try:
            with session.begin_nested():
                enrollment = enroll_one(
                    session,
                    program,
                    contact_id,
                    sequence_id=batch.sequence_id,
                    sender_id=batch.sender_id,
                    actor=actor,
                )
                enrollment.batch_id = batch.id
            batch.enrolled_count += 1
        except ServiceError as error:
            skipped[str(contact_id)] = str(error)
        except OperationalError:
            # The database is out of reach or busy, which says nothing of this contact: the piece is tried again.
            raise
        except Exception as error:
            log.exception("enrolling_broke", batch_id=batch.id, contact_id=contact_id)
            skipped[str(contact_id)] = (
                f"{FAULT} ({type(error).__name__}). Enroll this one alone, on the company's page."
            )
    batch.skipped = skipped
    batch.done_count += len(part)
    if batch.done_count >= len(batch.contact_ids):
        batch.finished_at = now()
    return batch.finished_at is None


def stop_batch(session: Session, batch_id: int) -> EnrollmentBatch | None:
    """Enroll nobody more of a batch; who is in already stays. Returns the batch as it is then."""
    batch = _locked(session, batch_id)
    if batch is not None:
        batch.finished_at = batch.finished_at or now()
    return batch


def undo_batch(session: Session, batch: EnrollmentBatch, *, actor: User) -> tuple[int, int]:
    """Take a batch back: end everybody to whom nothing went out yet; return how many ended, how many stayed.

    Raises Conflict where it was taken back already. Whoever was not looked at yet is not enrolled any more; where it
    was a rule's and still under way, the rule is switched off, for it would enroll the rest within a minute.
    """
    # Before anything is looked at: a mail that begins meanwhile would be counted as one that never went out.
    close_gate(session)
    session.refresh(batch, with_for_update=True)
    if batch.undone_at is not None:
        raise Conflict(_("This was taken back already."))
    if is_of_running_rule(batch):
        _switch_rule_off(session, batch, actor)
    batch.undone_at = now()
    batch.finished_at = batch.finished_at or now()
    went_out = select(Message.enrollment_id).where(
        Message.enrollment_id.is_not(None), Message.state.not_in(_NOTHING_WENT_OUT)
    )
    ours = session.scalars(select(Enrollment).where(Enrollment.batch_id == batch.id)).all()
    begun = set(session.scalars(went_out.where(Message.enrollment_id.in_([each.id for each in ours]))))
    ended = 0
    for enrollment in ours:
        if enrollment.id in begun or enrollment.ended_at is not None:
            continue
        stop_enrollment(session, enrollment.id, by_user_id=actor.id, reason="Taken back before anything went out.")
        ended += 1
    details = {"ended": ended, "stayed": len(begun)}
    _audit(session, batch, "enrollment.batch_undone", actor=actor, **details)
    return ended, len(begun)


def is_of_running_rule(batch: EnrollmentBatch) -> bool:
    """Say whether a rule started a batch that is still under way."""
    return batch.created_by_id is None and batch.finished_at is None


def _switch_rule_off(session: Session, batch: EnrollmentBatch, actor: User) -> None:
    sequence = session.get_one(SequenceRow, batch.sequence_id, with_for_update=True)
    if not sequence.rule.get("is_on"):
        return
    sequence.rule = sequence.rule | {"is_on": False}
    record_audit(
        session,
        "sequence.rule_set",
        subject=f"sequence:{sequence.id}",
        actor_id=actor.id,
        program_id=sequence.program_id,
        details={**sequence.rule, "because_of_batch": batch.id},
    )


def _locked(session: Session, batch_id: int) -> EnrollmentBatch | None:
    return session.scalar(
        select(EnrollmentBatch)
        .where(EnrollmentBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _audit(session: Session, batch: EnrollmentBatch, action: str, *, actor: User | None, **details: object) -> None:
    record_audit(
        session,
        action,
        subject=f"enrollment_batch:{batch.id}",
        actor_id=actor.id if actor else None,
        program_id=batch.program_id,
        details=details,
    )
