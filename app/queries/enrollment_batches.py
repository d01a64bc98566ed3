"""Batches of enrollments: how far they are, and whom they left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import EnrollmentBatch, User
from app.models import Sequence as SequenceRow
from app.queries.contact_facts import contact_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBatch:
    """A batch with its numbers; `skipped` are contacts and why they were left out."""

    id: int
    sequence_id: int
    sequence: str
    by: str
    total: int
    done: int
    enrolled: int
    created_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    skipped: Sequence[tuple[str, str]] = ()


def shown_batch(session: Session, batch: EnrollmentBatch) -> ShownBatch:
    """Return a batch as its page shows it."""
    facts = contact_facts(session, [int(contact_id) for contact_id in batch.skipped])
    skipped = [
        (facts[int(contact_id)].label if int(contact_id) in facts else _("A contact that is gone"), reason)
        for contact_id, reason in batch.skipped.items()
    ]
    by = session.scalar(select(User.name).where(User.id == batch.created_by_id)) or _("The sequence's rule")
    name = session.scalar(select(SequenceRow.name).where(SequenceRow.id == batch.sequence_id)) or ""
    return _shown(batch, name, by, skipped)


def recent_batches(session: Session, program_id: int, *, limit: int = 5) -> list[ShownBatch]:
    """Return the newest batches of a program."""
    rows = session.execute(
        select(EnrollmentBatch, SequenceRow.name, User.name)
        .join(SequenceRow, SequenceRow.id == EnrollmentBatch.sequence_id)
        .outerjoin(User, User.id == EnrollmentBatch.created_by_id)
        .where(EnrollmentBatch.program_id == program_id)
        .order_by(EnrollmentBatch.id.desc())
        .limit(limit)
    )
    return [_shown(batch, name, by or _("The sequence's rule"), []) for batch, name, by in rows]


def _shown(batch: EnrollmentBatch, name: str, by: str, skipped: list[tuple[str, str]]) -> ShownBatch:
    return ShownBatch(
        id=batch.id,
        sequence_id=batch.sequence_id,
        sequence=name,
        by=by,
        total=len(batch.contact_ids),
        done=batch.done_count,
        enrolled=batch.enrolled_count,
        created_at=batch.created_at,
        finished_at=batch.finished_at,
        undone_at=batch.undone_at,
        skipped=skipped,
    )
