"""Enrolling many: a contact of each is chosen as the enroll page does, then one batch of enrollments takes them all.

The action is under way until the batch is: only then it is known who is in.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import OFF_BOARD_STAGES, EnrollmentBatch, Program, Prospect, Sender, User
from app.models import Sequence as SequenceRow
from app.models.bulk import BulkAction, BulkItem, BulkItemState
from app.queries.candidates import candidates_of
from app.services.access import Permission
from app.services.bulk.act import Params, Skip, Typed, number_of
from app.services.enrolling import EnrollPreview, preview_enrolling
from app.services.enrollment_batches import FAULT, run_batch_chunk, start_batch, stop_batch, undo_batch
from app.services.errors import InvalidInput

# A piece holds the database's one writer on SQLite, so it is smaller than a batch's own.
PIECE = 20


class EnrollAct:
    """Put one contact of each into a sequence."""

    is_undoable = True

    def permission(self, params: Params) -> Permission:
        """Return what a person must be allowed to do."""
        return Permission.ENROLL

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return the sequence and the sender."""
        sequence = session.get(SequenceRow, number_of(typed, "sequence_id") or 0)
        sender = session.get(Sender, number_of(typed, "sender_id") or 0)
        problems = {}
        if sequence is None or sequence.program_id != program.id:
            problems["sequence_id"] = _("Choose a sequence of this program.")
        if sender is None or sender.program_id != program.id or sender.archived_at is not None:
            problems["sender_id"] = _("Choose a sender of this program.")
        if problems or sequence is None or sender is None:
            raise InvalidInput(problems)
        return {"sequence_id": sequence.id, "sender_id": sender.id}

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        sequence = session.get(SequenceRow, params["sequence_id"])
        return _("Enroll in %(sequence)s", sequence=sequence.name) if sequence else _("Enroll")

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out who is off the board; who else cannot be written to is found out one by one."""
        return [Skip(_("Is off the board."), Prospect.stage.in_(OFF_BOARD_STAGES))]

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Choose the contact of one."""
        preview = look_at(session, prospect.program_id, [prospect.id], params)
        if not preview.ready:
            raise InvalidInput({"contact_id": " ".join(preview.skipped[0].reasons)})
        return {"contact_id": preview.ready[0].contact_id}

    def undo(self, session: Session, prospect: Prospect, before: Params, actor: User) -> str:
        """Take nothing back alone: the whole batch is taken back, see take_back."""
        return _("Its batch of enrollments is taken back as a whole.")


def look_at(session: Session, program_id: int, prospect_ids: Sequence[int], params: Params) -> EnrollPreview:
    """Say for some prospects whether they would be enrolled, and why not."""
    program = session.get_one(Program, program_id)
    found = candidates_of(session, prospect_ids)
    return preview_enrolling(session, program, found, sequence_id=params["sequence_id"], sender_id=params["sender_id"])


def hand_over(session: Session, action: BulkAction, actor: User) -> None:
    """Start the batch of enrollments for everybody whose contact was chosen, and note which one it is."""
    rows = session.scalars(
        select(BulkItem.before)
        .where(BulkItem.action_id == action.id, BulkItem.state == BulkItemState.DONE)
        .order_by(BulkItem.id)
    )
    contact_ids = [before["contact_id"] for before in rows]
    if not contact_ids or "batch_id" in action.params:
        return
    batch = start_batch(
        session,
        session.get_one(Program, action.program_id),
        contact_ids,
        sequence_id=action.params["sequence_id"],
        sender_id=action.params["sender_id"],
        actor=actor,
    )
    action.params = {**action.params, "batch_id": batch.id}


def carry_on(session: Session, action: BulkAction, actor: User) -> bool:
    """Enroll some of those whose contact was chosen; return whether there are more, else the items say how it went."""
    if "batch_id" not in action.params:
        hand_over(session, action, actor)
        return "batch_id" in action.params
    if run_batch_chunk(session, action.params["batch_id"], limit=PIECE):
        return True
    _settle(session, action, session.get(EnrollmentBatch, action.params["batch_id"], populate_existing=True))
    return False


def stop_early(session: Session, action: BulkAction) -> None:
    """Enroll nobody more, and let the items say who is in and who was not come to."""
    batch_id = action.params.get("batch_id")
    _settle(session, action, stop_batch(session, batch_id) if batch_id else None)


def _settle(session: Session, action: BulkAction, batch: EnrollmentBatch | None) -> None:
    """Write to each item what became of the contact chosen for it; without a batch nobody was enrolled yet."""
    reached = set(batch.contact_ids[: batch.done_count]) if batch else set()
    reasons = batch.skipped if batch else {}
    items = session.scalars(
        select(BulkItem).where(BulkItem.action_id == action.id, BulkItem.state == BulkItemState.DONE)
    ).all()
    for item in items:
        contact_id = item.before["contact_id"]
        reason = reasons.get(str(contact_id), "")
        if contact_id not in reached:
            item.state = BulkItemState.WAITING
        elif reason.startswith(FAULT):
            item.state, item.message = BulkItemState.FAILED, reason
        elif reason:
            item.state, item.message = BulkItemState.SKIPPED, reason
    states = Counter(item.state for item in items)
    action.done_count = states[BulkItemState.DONE]
    action.skipped_count += states[BulkItemState.SKIPPED]
    action.failed_count += states[BulkItemState.FAILED]


def take_back(session: Session, action: BulkAction, actor: User) -> tuple[int, int]:
    """End everybody of the batch to whom nothing went out; return how many ended and how many stayed."""
    batch = session.get(EnrollmentBatch, action.params.get("batch_id", 0))
    return undo_batch(session, batch, actor=actor) if batch else (0, 0)
