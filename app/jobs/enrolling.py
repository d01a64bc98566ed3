"""Enroll many: the batches that people started, then whom the sequences' rules name."""

import time

from app import dispatch
from app.db import reading, transaction
from app.dispatch import Job
from app.log import get_logger
from app.services.enrollment_batches import open_batches, run_batch_chunk
from app.services.enrollment_rules import apply_rule, ruled_sequences
from app.services.errors import ServiceError

log = get_logger(__name__)

TIME_BUDGET_S = 200.0


def run_enrollments() -> int:
    """Apply every rule, then work off the batches in short transactions; return how many pieces were done."""
    deadline = time.monotonic() + TIME_BUDGET_S
    with reading() as session:
        ruled = ruled_sequences(session)
    for sequence_id in ruled:
        try:
            with transaction() as session:
                apply_rule(session, sequence_id)
        except ServiceError as error:
            # One rule that cannot be applied must not hold up the others.
            log.warning("rule_not_applied", sequence_id=sequence_id, cause=str(error))
    with reading() as session:
        waiting = open_batches(session)
    done = 0
    for batch_id in waiting:
        while time.monotonic() < deadline:
            with transaction() as session:
                has_more = run_batch_chunk(session, batch_id)
            done += 1
            if not has_more:
                break
        else:
            dispatch.ring(Job.RUN_ENROLLMENTS)
            return done
    return done
