"""Move prospects to contacted once a mail to them has left, many at once.

A mail's own transaction does not wait for this: it would cost it more than all else, and line workers up behind the
audit log's chain. The worker does it once a batch. The planner, who looks at each enrollment after its mail anyway,
does it for a worker that died in between.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import MoveEvent, Prospect, Stage, StageChange
from app.services.audit import AuditEntry, hold_audit_log, record_audits
from app.services.columns import rank_after
from app.services.furthest import further
from app.services.ranks import rank_between

BEFORE_CONTACT = (Stage.SOURCED, Stage.QUALIFIED)

_PROSPECTS = cast("Table", Prospect.__table__)
_CHANGES = cast("Table", StageChange.__table__)
_MOVE = (
    update(_PROSPECTS)
    .where(_PROSPECTS.c.id == bindparam("of_prospect"))
    .values(stage=Stage.CONTACTED, version=_PROSPECTS.c.version + 1, wake_up_on=None)
)


def note_contacted(session: Session, prospect_ids: Iterable[int]) -> set[int]:
    """Move those of the prospects forward that were written to for the first time.

    One that stands further on stays where it is. Returns those that another transaction is at: to be tried again.
    """
    wanted = set(prospect_ids)
    if not wanted:
        return set()
    # The log before the rows, and no waiting for a row: who moves many cards in one transaction holds both.
    hold_audit_log(session)
    before_contact = (_PROSPECTS.c.id.in_(wanted), _PROSPECTS.c.stage.in_(BEFORE_CONTACT))
    query = select(_PROSPECTS).where(*before_contact).order_by(_PROSPECTS.c.id)
    found = session.execute(query.with_for_update(skip_locked=True)).all()
    if found:
        _move(session, found)
    if len(found) == len(wanted):
        return set()
    return set(session.scalars(select(_PROSPECTS.c.id).where(*before_contact)))


def _move(session: Session, found: Sequence[Row[Any]]) -> None:
    ranks = _ranks_on_top(session, found)
    moment = now()
    connection = session.connection()
    connection.execute(
        _MOVE,
        [
            {
                "of_prospect": row.id,
                "rank": ranks[row.id],
                "stage_since_at": moment,
                "furthest": further(row.furthest, Stage.CONTACTED),
            }
            for row in found
        ],
    )
    connection.execute(insert(_CHANGES), [_change(row) | {"at": moment} for row in found])
    record_audits(session, [_audited(row) for row in found])


def _ranks_on_top(session: Session, rows: Sequence[Row[Any]]) -> dict[int, str]:
    """Return a rank for each, on top of its program's column; the last one is the topmost."""
    ranks: dict[int, str] = {}
    tops: dict[int, str] = {}
    for row in rows:
        top = tops.get(row.program_id)
        if top is None:
            tops[row.program_id] = rank_after(session, row.program_id, Stage.CONTACTED, after_id=None)
        else:
            tops[row.program_id] = rank_between(None, top)
        ranks[row.id] = tops[row.program_id]
    return ranks


def _change(row: Row[Any]) -> dict[str, Any]:
    """Return the move as undo wants it; the same as services.moves writes."""
    return {
        "prospect_id": row.id,
        "from_stage": row.stage,
        "to_stage": Stage.CONTACTED,
        "event": MoveEvent.MAIL_SENT,
        "reason": "",
        "before": {
            "rank": row.rank,
            "stage_since_at": row.stage_since_at.isoformat(),
            "wake_up_on": row.wake_up_on.isoformat() if row.wake_up_on else None,
        },
    }


def _audited(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        "prospect.moved",
        subject=f"prospect:{row.id}",
        program_id=row.program_id,
        details={"from": row.stage, "to": Stage.CONTACTED.value, "event": MoveEvent.MAIL_SENT.value},
    )
