"""Write the audit log in the transaction of the act itself, and check that nobody edited it later."""

import hashlib
import json
from collections.abc import Iterator
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
    lock_for_append(session, key=_CHAIN_KEY)
    session.flush()
    # On the table itself, for it is written with nearly every act: the same through the ORM takes twice the time.
    connection = session.connection()
    last = connection.execute(_LAST_HASH).scalar()
    event = AuditEvent(
        at=now(),
        actor_id=actor_id,
        program_id=program_id,
        action=action,
        subject=subject,
        details=details or {},
        previous_hash=last or _FIRST_HASH,
    )
    event.hash = _hash_of(event)
    event.id = connection.execute(_APPEND, {name: getattr(event, name) for name in _WRITTEN}).scalar_one()
    return event


def broken_audit_events(session: Session) -> Iterator[int]:
    """Yield the id of every event whose hash or link to the one before does not hold; none in an honest log."""
    previous = _FIRST_HASH
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id)).yield_per(1000):
        if event.previous_hash != previous or event.hash != _hash_of(event):
            yield event.id
        previous = event.hash


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
