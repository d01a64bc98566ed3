"""Bulk actions as their pages show them, and those that nobody works on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Company, EnrollmentBatch, Prospect, User
from app.models.bulk import LIVE_BULK_STATES, BulkAction, BulkItem, BulkItemState, BulkKind, BulkState

# Younger ones were rung for by the transaction that started them.
GRACE = timedelta(seconds=20)
ROWS = 200
TELLING = (BulkItemState.SKIPPED, BulkItemState.FAILED, BulkItemState.KEPT)


@dataclass(frozen=True, slots=True)
class ToldItem:
    """A prospect of an action that something is to be said about."""

    prospect_id: int
    name: str
    state: BulkItemState
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBulk:
    """An action with its numbers; `told` are the first prospects that were left out, failed or kept."""

    id: int
    kind: BulkKind
    state: BulkState
    detail: str
    by: str
    total: int
    done: int
    skipped: int
    failed: int
    undone: int
    kept: int
    created_at: datetime
    finished_at: datetime | None
    batch_id: int | None
    told: Sequence[ToldItem] = ()

    @property
    def is_live(self) -> bool:
        """Say whether somebody works on it."""
        return self.state in LIVE_BULK_STATES

    @property
    def looked_at(self) -> int:
        """Return how many prospects were come to so far; while undoing, of those that were done."""
        if self.state is BulkState.UNDOING:
            return self.undone + self.kept
        return self.done + self.skipped + self.failed

    @property
    def not_reached(self) -> int:
        """Return how many nobody came to, once it has ended."""
        return 0 if self.is_live or self.state is BulkState.UNDONE else max(0, self.total - self.looked_at)

    @property
    def goal(self) -> int:
        """Return how many there are to come to."""
        return self.done if self.state is BulkState.UNDOING else self.total


def bulk_left_behind(session: Session) -> list[int]:
    """Return the actions whose worker died or whose doorbell was lost."""
    stale = or_(
        BulkAction.lease_until < now(), BulkAction.lease_until.is_(None) & (BulkAction.created_at < now() - GRACE)
    )
    return list(session.scalars(select(BulkAction.id).where(BulkAction.state.in_(LIVE_BULK_STATES), stale)))


def shown_bulk(session: Session, action: BulkAction) -> ShownBulk:
    """Return an action as its page shows it."""
    has_ended_early = action.state in (BulkState.CANCELED, BulkState.FAILED)
    telling = (*TELLING, BulkItemState.WAITING) if has_ended_early else TELLING
    rows = session.execute(
        select(BulkItem.prospect_id, Company.name, BulkItem.state, BulkItem.message)
        .join(Prospect, Prospect.id == BulkItem.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(BulkItem.action_id == action.id, BulkItem.state.in_(telling))
        .order_by(BulkItem.id)
        .limit(ROWS)
    )
    by = session.scalar(select(User.name).where(User.id == action.created_by_id)) or _("Somebody who left")
    return _shown(session, action, by, [ToldItem(*row) for row in rows])


def recent_bulk(session: Session, program_id: int, *, limit: int = 30) -> list[ShownBulk]:
    """Return the newest actions of a program."""
    rows = session.execute(
        select(BulkAction, User.name)
        .outerjoin(User, User.id == BulkAction.created_by_id)
        .where(BulkAction.program_id == program_id)
        .order_by(BulkAction.id.desc())
        .limit(limit)
    )
    return [_shown(session, action, by or _("Somebody who left"), []) for action, by in rows]


def frozen_ids(session: Session, action_id: int, *, portion: int = 500) -> Iterator[list[int]]:
    """Yield the prospects of an action by portions, in the order they were frozen in."""
    after = 0
    while True:
        rows = session.execute(
            select(BulkItem.id, BulkItem.prospect_id)
            .where(BulkItem.action_id == action_id, BulkItem.id > after)
            .order_by(BulkItem.id)
            .limit(portion)
        ).all()
        if not rows:
            return
        after = rows[-1].id
        yield [row.prospect_id for row in rows]


def _shown(session: Session, action: BulkAction, by: str, told: Sequence[ToldItem]) -> ShownBulk:
    shown = _as_it_stands(action, by, told)
    batch_id = action.params.get("batch_id")
    batch = session.get(EnrollmentBatch, batch_id) if batch_id else None
    if batch is not None and shown.is_live:
        # A contact was chosen for each; who is in so far, only the batch knows.
        return replace(shown, done=batch.enrolled_count, skipped=shown.skipped + len(batch.skipped))
    if batch is not None and batch.undone_at is not None and shown.state is not BulkState.UNDONE:
        return replace(
            shown, state=BulkState.UNDONE, detail="Taken back on the page of its batch, which says for whom."
        )
    return shown


def _as_it_stands(action: BulkAction, by: str, told: Sequence[ToldItem]) -> ShownBulk:
    return ShownBulk(
        id=action.id,
        kind=action.kind,
        state=action.state,
        detail=action.detail,
        by=by,
        total=action.total,
        done=action.done_count,
        skipped=action.skipped_count,
        failed=action.failed_count,
        undone=action.undone_count,
        kept=action.kept_count,
        created_at=action.created_at,
        finished_at=action.finished_at,
        batch_id=action.params.get("batch_id"),
        told=told,
    )
