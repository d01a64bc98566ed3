"""Enrolling by rule: whoever reaches a score in one of some stages, looked at each minute."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import EnrollmentBatch, Program, Stage, User
from app.models import Sequence as SequenceRow
from app.queries.candidates import candidates_by_rule
from app.services.audit import record_audit
from app.services.enrolling import preview_enrolling
from app.services.enrollment_batches import start_batch
from app.services.errors import InvalidInput


def set_rule(
    session: Session, sequence: SequenceRow, *, is_on: bool, min_score: float, stages: Sequence[Stage], actor: User
) -> None:
    """Enroll by rule: whoever reaches a score in one of some stages. Raises InvalidInput where it cannot work."""
    problems = {}
    if not 0 <= min_score <= 100:
        problems["min_score"] = _("A score is a number from 0 to 100.")
    if is_on and not stages:
        problems["stages"] = _("Choose at least one stage.")
    if is_on and sequence.sender_id is None:
        problems["is_on"] = _("Choose a sender under Settings first: a rule has nobody to ask.")
    if problems:
        raise InvalidInput(problems)
    sequence.rule = {"is_on": is_on, "min_score": min_score, "stages": [stage.value for stage in stages]}
    record_audit(
        session,
        "sequence.rule_set",
        subject=f"sequence:{sequence.id}",
        actor_id=actor.id,
        program_id=sequence.program_id,
        details=dict(sequence.rule),
    )


def apply_rule(session: Session, sequence_id: int) -> int:
    """Enroll whom a sequence's rule names now, up to 500 prospects looked at; return how many were enrolled.

    While its last batch is under way it waits: that one may still be taken back.

    Where it stopped is kept with the rule, so that many who are hindered never keep others from being looked at.
    """
    sequence = session.get_one(SequenceRow, sequence_id)
    rule = sequence.rule
    program = session.get_one(Program, sequence.program_id)
    if not rule.get("is_on") or sequence.sender_id is None or program.archived_at or sequence.archived_at:
        return 0
    if _is_under_way(session, sequence.id):
        return 0
    found = candidates_by_rule(
        session,
        program.id,
        sequence_id=sequence.id,
        min_score=float(rule["min_score"]),
        stages=[Stage(name) for name in rule["stages"]],
        after_id=int(rule.get("after_id", 0)),
    )
    preview = preview_enrolling(session, program, found, sequence_id=sequence.id, sender_id=sequence.sender_id)
    after_id = found[-1].prospect_id if len(found) == 500 else 0
    session.execute(update(SequenceRow).where(SequenceRow.id == sequence.id).values(rule=rule | {"after_id": after_id}))
    if preview.ready:
        ids = [each.contact_id for each in preview.ready]
        start_batch(session, program, ids, sequence_id=sequence.id, sender_id=sequence.sender_id, actor=None)
    return len(preview.ready)


def _is_under_way(session: Session, sequence_id: int) -> bool:
    open_batch = select(EnrollmentBatch.id).where(
        EnrollmentBatch.sequence_id == sequence_id,
        EnrollmentBatch.created_by_id.is_(None),
        EnrollmentBatch.finished_at.is_(None),
    )
    return session.scalar(open_batch.limit(1)) is not None


def ruled_sequences(session: Session) -> list[int]:
    """Return the sequences that have a rule which is on."""
    rows = session.execute(select(SequenceRow.id, SequenceRow.rule).where(SequenceRow.archived_at.is_(None)))
    return [sequence_id for sequence_id, rule in rows if rule.get("is_on")]
