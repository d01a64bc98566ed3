"""Bulk actions as a person starts, cancels and takes them back; the work itself is done in portions elsewhere."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.languages import mark
from app.models import Program, User
from app.models.bulk import LIVE_BULK_STATES, BulkAction, BulkItem, BulkItemState, BulkKind, BulkState
from app.services.access import require
from app.services.audit import record_audit
from app.services.bulk.enrolling import stop_early, take_back
from app.services.bulk.registry import ACTS
from app.services.bulk.selection import Selection, last_prospect_id
from app.services.errors import Conflict, InvalidInput, NotFound

NOBODY_ENROLLED = mark("Canceled before anybody was enrolled.")
ENDED = (BulkState.DONE, BulkState.CANCELED, BulkState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person asks for. `token` is made with the form, so that one that is sent twice starts one action."""

    kind: BulkKind
    params: dict[str, Any]
    selection: Selection
    token: str


def start_bulk(session: Session, program: Program, order: Order, *, actor: User) -> BulkAction:
    """Write an action down and ring for it; the same token returns the one that was started with it.

    Raises NotAllowed as the act's permission says, and InvalidInput for a token that is none.
    """
    require(actor, ACTS[order.kind].permission(order.params))
    if not 16 <= len(order.token) <= 64:
        raise InvalidInput({"token": _("This form is not complete. Go back and choose the prospects again.")})
    known = session.scalar(select(BulkAction).where(BulkAction.token == order.token))
    if known is not None:
        return _ours(known, program)
    action = BulkAction(
        program_id=program.id,
        kind=order.kind,
        params=order.params,
        selection=order.selection.stored(last_prospect_id(session, program.id)),
        token=order.token,
        created_by_id=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(action)
    except IntegrityError:
        # The form was sent twice at the same moment; the unique token keeps it at one.
        return _ours(session.scalars(select(BulkAction).where(BulkAction.token == order.token)).one(), program)
    _audit(session, action, "bulk.started", actor, params=order.params, selection=_in_short(action.selection))
    dispatch_after_commit(session, Job.RUN_BULK, action.id)
    return action


def bulk_in(session: Session, program: Program, action_id: int, *, for_change: bool = False) -> BulkAction:
    """Return an action of a program that access was checked for, locked where it is to be changed; raises NotFound."""
    query = select(BulkAction).where(BulkAction.id == action_id)
    return _ours(session.scalar(query.with_for_update() if for_change else query), program)


def cancel_bulk(session: Session, action: BulkAction, *, actor: User) -> None:
    """Stop after the portion under way; what was done stays, and can be undone. Raises Conflict where it has ended."""
    if action.state not in (BulkState.SELECTING, BulkState.RUNNING):
        raise Conflict(_("This has ended already; there is nothing left to cancel."))
    action.state = BulkState.CANCELED
    if action.kind is BulkKind.ENROLL:
        # Contacts are chosen first and enrolled then, so what is done so far may be less than it looks.
        stop_early(session, action)
        number = f"{action.done_count:,}"
        action.detail = f"Canceled after {number} were enrolled." if action.done_count else NOBODY_ENROLLED
    else:
        action.detail = f"Canceled after {action.done_count + action.skipped_count + action.failed_count:,}."
    action.lease_until = None
    action.finished_at = now()
    _audit(session, action, "bulk.canceled", actor, done=action.done_count)


def undo_bulk(session: Session, action: BulkAction, *, actor: User) -> None:
    """Take back what was done, but for what was changed since; a worker does it in portions.

    Raises Conflict while it is under way, where it was taken back already, or where it cannot be.
    """
    if action.state in LIVE_BULK_STATES:
        raise Conflict(_("This is still under way. Cancel it first, or wait for it to end."))
    if action.state is BulkState.UNDONE:
        raise Conflict(_("This was taken back already."))
    if not can_undo(action):
        raise Conflict(_("Nothing of this can be taken back."))
    action.undone_by_id = actor.id
    action.lease_until = None
    action.attempts = 0
    action.detail = ""
    if action.kind is BulkKind.ENROLL:
        action.undone_count, action.kept_count = take_back(session, action, actor)
        action.state = BulkState.UNDONE
    else:
        action.state = BulkState.UNDOING
        dispatch_after_commit(session, Job.RUN_BULK, action.id)
    _audit(session, action, "bulk.undo_asked", actor, done=action.done_count)


def can_undo(action: BulkAction) -> bool:
    """Say whether something of an action can be taken back now."""
    return action.state in ENDED and action.done_count > 0 and ACTS[action.kind].is_undoable


def left_to_do(session: Session, action_id: int) -> int:
    """Return how many prospects of an action nobody came to yet."""
    query = select(func.count()).where(BulkItem.action_id == action_id, BulkItem.state == BulkItemState.WAITING)
    return session.scalar(query) or 0


def _ours(action: BulkAction | None, program: Program) -> BulkAction:
    if action is None or action.program_id != program.id:
        raise NotFound(_("There is no such bulk action in this program."))
    return action


def _in_short(selection: dict[str, Any]) -> dict[str, Any]:
    return {"ids": len(selection["ids"])} if "ids" in selection else selection


def _audit(session: Session, action: BulkAction, what: str, actor: User, **details: Any) -> None:
    record_audit(
        session,
        what,
        subject=f"bulk:{action.id}",
        actor_id=actor.id,
        program_id=action.program_id,
        details={"kind": action.kind.value, **details},
    )
