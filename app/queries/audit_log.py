"""The audit log as people read it: who did what to which row, searched and page by page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import AuditEvent, Program, User

SCREEN = 50
MAX_TEXT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What is shown; what is None or empty hides nothing. Both days are included.

    `text` is looked for in the action, the subject and the details; an event has to hold every word of it.
    """

    text: str = ""
    actor_id: int | None = None
    program_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event; `actor` is None where the product did it itself, `program` where it is of no program."""

    id: int
    at: datetime
    actor: str | None
    program: str | None
    action: str
    subject: str
    details: dict[str, Any]

    @property
    def deed(self) -> str:
        """Return the action as people read it: "prospect: stage changed"."""
        return self.action.replace(".", ": ").replace("_", " ")


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One screen, newest first; `next_before` asks for the next one."""

    rows: tuple[AuditRow, ...]
    next_before: int | None


def audit_page(
    session: Session, chosen: AuditFilter, *, programs: Collection[int] | None, before: int | None = None
) -> AuditPage:
    """Return events with an id below `before`; only those of `programs`, where that is not None."""
    query = (
        select(AuditEvent, User.name, Program.name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .outerjoin(Program, Program.id == AuditEvent.program_id)
        .where(*_conditions(chosen))
        .order_by(AuditEvent.id.desc())
        .limit(SCREEN + 1)
    )
    if programs is not None:
        query = query.where(AuditEvent.program_id.in_(list(programs)))
    if before is not None:
        query = query.where(AuditEvent.id < before)
    rows = [
        AuditRow(event.id, event.at, actor, program, event.action, event.subject, event.details)
        for event, actor, program in session.execute(query)
    ]
    return AuditPage(tuple(rows[:SCREEN]), rows[SCREEN - 1].id if len(rows) > SCREEN else None)


def people_in_log(session: Session) -> list[tuple[int, str]]:
    """Return everybody who has an account, by name: who acted may be gone by now."""
    return [(user_id, name) for user_id, name in session.execute(select(User.id, User.name).order_by(User.name))]


def _conditions(chosen: AuditFilter) -> list[ColumnElement[bool]]:
    zone = now().tzinfo
    found: list[ColumnElement[bool]] = []
    for word in chosen.text[:MAX_TEXT].split():
        places = (AuditEvent.action, AuditEvent.subject, cast(AuditEvent.details, String))
        found.append(or_(*(place.icontains(word, autoescape=True) for place in places)))
    if chosen.actor_id is not None:
        found.append(AuditEvent.actor_id.is_(None) if chosen.actor_id == 0 else AuditEvent.actor_id == chosen.actor_id)
    if chosen.program_id is not None:
        found.append(AuditEvent.program_id == chosen.program_id)
    if chosen.since is not None:
        found.append(AuditEvent.at >= datetime.combine(chosen.since, time(), tzinfo=zone))
    if chosen.until is not None:
        found.append(AuditEvent.at < datetime.combine(chosen.until + timedelta(days=1), time(), tzinfo=zone))
    return found
