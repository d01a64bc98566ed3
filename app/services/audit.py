"""Write the audit log in the transaction of the act itself, and check that nobody edited it later."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import lock_for_append
from app.models import AuditEvent

_CHAIN_KEY = 0x5C0_07B0A8D
_FIRST_HASH = "0" * 64
_EVENTS = cast("Table", AuditEvent.__table__)
_LAST_HASH = select(_EVENTS.c.hash).order_by(_EVENTS.c.id.desc()).limit(1)
_WRITTEN = ("at", "actor_id", "program_id", "action", "subject", "details", "previous_hash", "hash")
_APPEND = insert(_EVENTS).returning(_EVENTS.c.id)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One event that is still to be written, see record_audit."""

    action: str
    subject: str
    actor_id: int | None = None
    program_id: int | None = None
    details: dict[str, Any] | None = None


def record_audit(
    session: Session,
    action: str,
    *,
    subject: str,
    actor_id: int | None = None,
    program_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event, chained by SHA-256 to the one before, and return it as it was written.

    `subject` names the row, as in "prospect:12"; `details` holds JSON values, never secrets.
    """
    last = _last_hash(session)
    event = _chained(AuditEntry(action, subject, actor_id, program_id, details), last)
    # On the table itself, for it is written with nearly every act: the same through the ORM takes twice the time.
    event.id = session.connection().execute(_APPEND, _row(event)).scalar_one()
    return event


def record_audits(session: Session, entries: Sequence[AuditEntry]) -> None:
    """Append many events at once, in this order, each chained to the one before."""
    last, rows = _last_hash(session), []
    for entry in entries:
        event = _chained(entry, last)
        last = event.hash
        rows.append(_row(event))
    if rows:
        session.connection().execute(insert(_EVENTS), rows)


def broken_audit_events(session: Session) -> Iterator[int]:
    """Yield the id of every event whose hash or link to the one before does not hold; none in an honest log."""
    previous = _FIRST_HASH
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id)).yield_per(1000):
        if event.previous_hash != previous or event.hash != _hash_of(event):
            yield event.id
        previous = event.hash


def hold_audit_log(session: Session) -> None:
    """Keep everybody else from appending until this transaction ends; it may have to wait for another one's end.

    record_audit does so by itself. Who takes it before any row can wait for nobody who waits for those rows.
    """
    lock_for_append(session, key=_CHAIN_KEY)


def _last_hash(session: Session) -> str:
    """Return what the next event is chained to."""
    hold_audit_log(session)
    session.flush()
    return session.connection().execute(_LAST_HASH).scalar() or _FIRST_HASH


def _chained(entry: AuditEntry, last: str) -> AuditEvent:
    event = AuditEvent(
        at=now(),
        actor_id=entry.actor_id,
        program_id=entry.program_id,
        action=entry.action,
        subject=entry.subject,
        details=entry.details or {},
        previous_hash=last,
    )
    event.hash = _hash_of(event)
    return event


def _row(event: AuditEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in _WRITTEN}


def _hash_of(event: AuditEvent) -> str:
    content = [
        event.previous_hash,
        _instant(event.at),
        event.actor_id,
        event.program_id,
        event.action,
        event.subject,
        event.details,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
