"""Carry a bulk action on, portion by portion, so that a killed worker costs one portion and doubles nothing.

The action is held by a lease. Each portion is one transaction that first renews the lease by compare-and-set, then
works; where the lease was lost or the action canceled, nothing of it is kept. What was done stands in the items
themselves, written with it, so whoever comes after goes on where the first one stopped.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.log import get_logger
from app.models import Program, Prospect, User
from app.models.bulk import LIVE_BULK_STATES, BulkAction, BulkItem, BulkItemState, BulkKind, BulkState
from app.models.stage import stages_called
from app.services.access import may
from app.services.audit import record_audit
from app.services.bulk.act import Act
from app.services.bulk.enrolling import carry_on, stop_early
from app.services.bulk.previewing import reasons_for
from app.services.bulk.registry import ACTS
from app.services.bulk.selection import freeze_portion
from app.services.errors import ServiceError
from app.services.notifying.occasions import bulk_ended

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5
PORTION = 100
# A portion holds the database's one writer on SQLite: others wait no longer than this for their own move.
PORTION_S = 0.2
REST_S = 0.02
log = get_logger(__name__)

OpenTransaction = Callable[[], AbstractContextManager[Session]]


class LeaseLost(Exception):
    """The action was canceled, or another worker took it over."""


def run_bulk(open_transaction: OpenTransaction, action_id: int, *, budget_s: float = 60.0) -> BulkState | None:
    """Work an action off; `open_transaction` is the caller's way to open one transaction a portion.

    Returns the state it ended in, the one it is in where the time was up and it rang for the rest, and None where
    there is nothing to do: another worker holds it, or it has ended.
    """
    deadline = time.monotonic() + budget_s
    with open_transaction() as session:
        lease = _claim(session, action_id)
    if lease is None:
        return None
    try:
        while True:
            with open_transaction() as session:
                action, lease = _renew(session, action_id, lease)
                with stages_called(session.get_one(Program, action.program_id).stage_names):
                    _work(session, action)
                state, is_late = action.state, time.monotonic() > deadline
                if state in LIVE_BULK_STATES and is_late:
                    action.lease_until = None
                    dispatch_after_commit(session, Job.RUN_BULK, action_id)
            if state not in LIVE_BULK_STATES or is_late:
                return state
            time.sleep(REST_S)
    except LeaseLost:
        log.info("bulk_dropped", action_id=action_id)
        return None


def _claim(session: Session, action_id: int) -> datetime | None:
    lease = now() + LEASE
    is_free = or_(BulkAction.lease_until.is_(None), BulkAction.lease_until < now())
    action = _lease(session, action_id, lease, is_free)
    if action is None:
        return None
    action.attempts += 1
    if action.attempts > MAX_ATTEMPTS:
        _fail(session, action, f"Ended its worker {MAX_ATTEMPTS} times; an admin finds why in its log.")
        return None
    actor = _actor(session, action)
    if actor is None or not actor.is_active or not may(actor.role, ACTS[action.kind].permission(action.params)):
        _fail(session, action, "Whoever started this may not do it any more, so the rest was left.")
        return None
    return lease


def _renew(session: Session, action_id: int, lease: datetime) -> tuple[BulkAction, datetime]:
    renewed = now() + LEASE
    action = _lease(session, action_id, renewed, BulkAction.lease_until == lease)
    if action is None:
        raise LeaseLost(action_id)
    action.attempts = 0
    return action, renewed


def _lease(session: Session, action_id: int, until: datetime, condition: object) -> BulkAction | None:
    return session.scalar(
        update(BulkAction)
        .where(BulkAction.id == action_id, BulkAction.state.in_(LIVE_BULK_STATES), condition)  # type: ignore[arg-type]
        .values(lease_until=until)
        .returning(BulkAction)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def _work(session: Session, action: BulkAction) -> None:
    """Do one portion of whatever the action is at."""
    if action.state is BulkState.SELECTING:
        if not freeze_portion(session, action):
            action.state = BulkState.RUNNING
    elif action.state is BulkState.RUNNING:
        _do_portion(session, action)
    else:
        _undo_portion(session, action)


def _do_portion(session: Session, action: BulkAction) -> None:
    if action.kind is BulkKind.EXPORT:
        # The frozen selection is all there is to it; the file is written while it is downloaded.
        changed = update(BulkItem).where(BulkItem.action_id == action.id).values(state=BulkItemState.DONE)
        session.execute(changed.execution_options(synchronize_session=False))
        action.done_count = action.total
        _end(session, action, BulkState.DONE, "")
        return
    items = _items(session, action, BulkItemState.WAITING)
    actor = _actor(session, action)
    if not items or actor is None:
        if action.kind is BulkKind.ENROLL and actor is not None and carry_on(session, action, actor):
            return
        _end(session, action, BulkState.DONE, "")
        return
    act, prospects = ACTS[action.kind], _locked(session, items)
    skips = list(act.skips(session, action.program_id, action.params))
    reasons = reasons_for(session, skips, [item.prospect_id for item in items])
    until = time.monotonic() + PORTION_S
    for item in items:
        if reason := reasons.get(item.prospect_id):
            item.state, item.message = BulkItemState.SKIPPED, reason
        else:
            _do_one(session, act, item, prospects[item.prospect_id], action=action, actor=actor)
        _count(action, item.state)
        if time.monotonic() > until:
            break


def _do_one(session: Session, act: Act, item: BulkItem, prospect: Prospect, *, action: BulkAction, actor: User) -> None:
    """Do it to one prospect; whatever goes wrong with it stays with it."""
    try:
        with session.begin_nested():
            before = act.do(session, prospect, action.params, actor)
        item.state, item.before = BulkItemState.DONE, before
    except ServiceError as error:
        item.state, item.message = BulkItemState.SKIPPED, str(error)
    except OperationalError:
        # The database is out of reach or busy, which says nothing of this prospect: the portion is tried again.
        raise
    except Exception as error:
        log.exception("bulk_item_broke", action_id=action.id, prospect_id=item.prospect_id)
        item.state = BulkItemState.FAILED
        item.message = f"A fault on our side ({type(error).__name__}). Try this one alone, on its own page."


def _undo_portion(session: Session, action: BulkAction) -> None:
    items = _items(session, action, BulkItemState.DONE)
    actor = session.get(User, action.undone_by_id) if action.undone_by_id else None
    if not items or actor is None:
        _end(session, action, BulkState.UNDONE, "")
        return
    act, prospects = ACTS[action.kind], _locked(session, items)
    until = time.monotonic() + PORTION_S
    for item in items:
        try:
            with session.begin_nested():
                kept = act.undo(session, prospects[item.prospect_id], item.before, actor)
        except ServiceError as error:
            kept = str(error)
        except IntegrityError as error:
            log.exception("bulk_undo_broke", action_id=action.id, prospect_id=item.prospect_id)
            kept = f"The database refused to put it back ({type(error).__name__})."
        item.state, item.message = BulkItemState.KEPT if kept else BulkItemState.UNDONE, kept
        _count(action, item.state)
        if time.monotonic() > until:
            break


def _items(session: Session, action: BulkAction, state: BulkItemState) -> Sequence[BulkItem]:
    """Return the next items; the last one done is the first one taken back."""
    order = BulkItem.id if state is BulkItemState.WAITING else BulkItem.id.desc()
    return session.scalars(
        select(BulkItem).where(BulkItem.action_id == action.id, BulkItem.state == state).order_by(order).limit(PORTION)
    ).all()


def _locked(session: Session, items: Sequence[BulkItem]) -> dict[int, Prospect]:
    rows = session.scalars(
        select(Prospect)
        .where(Prospect.id.in_([item.prospect_id for item in items]))
        .order_by(Prospect.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {prospect.id: prospect for prospect in rows}


def _count(action: BulkAction, state: BulkItemState) -> None:
    name = f"{state.value}_count"
    setattr(action, name, getattr(action, name) + 1)


def _actor(session: Session, action: BulkAction) -> User | None:
    return session.get(User, action.created_by_id) if action.created_by_id else None


def _fail(session: Session, action: BulkAction, why: str) -> None:
    """End an action in the middle; who was done stays done, and the others say that nothing was done to them."""
    if action.kind is BulkKind.ENROLL:
        stop_early(session, action)
    _end(session, action, BulkState.FAILED, why)


def _end(session: Session, action: BulkAction, state: BulkState, detail: str) -> None:
    action.state, action.detail = state, detail
    action.lease_until = None
    action.finished_at = now()
    record_audit(
        session,
        f"bulk.{state.value}",
        subject=f"bulk:{action.id}",
        actor_id=action.undone_by_id if state is BulkState.UNDONE else action.created_by_id,
        program_id=action.program_id,
        details={
            "kind": action.kind.value,
            "done": action.done_count,
            "skipped": action.skipped_count,
            "failed": action.failed_count,
            "undone": action.undone_count,
            "kept": action.kept_count,
        },
    )
    bulk_ended(session, action)
