"""What happened on a program's board since somebody looked last, read off the audit log.

Every change a person can see is written there in its own transaction, one after the other, so the newest event's id is
a version number of the whole board: equal numbers, equal boards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import AuditEvent, Company, Prospect, Stage, Task, User
from app.queries.board_few import in_programs
from app.queries.progress import Progress

# After more events than that the board is drawn anew.
MOST_EVENTS = 200
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Changes:
    """The prospects that changed, in words what others moved, and whether there is too much to tell one by one."""

    prospect_ids: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    are_many: bool = False


def board_mark(session: Session, *program_ids: int) -> int:
    """Return the id of the newest audit event of some programs; 0 where nothing ever happened."""
    found: list[int | None] = []
    # One look at the end of the index for each program; SQLite joins no more than 500 of them in a statement.
    for start in range(0, len(program_ids), _AT_ONCE):
        some = program_ids[start : start + _AT_ONCE]
        newest = (select(func.max(AuditEvent.id)).where(AuditEvent.program_id == each) for each in some)
        found += session.scalars(union_all(*newest))
    return max(filter(None, found), default=0)


def board_tag(mark: int, progress: Progress) -> str:
    """Return what names a state of the board in an ETag."""
    numbers = (progress.under_way, progress.read, progress.scored, progress.no_evidence, progress.score_failed)
    return f'"{mark}.{".".join(map(str, numbers))}.{progress.crawl_failed}"'


def changes_since(session: Session, program_ids: Sequence[int], mark: int, *, viewer_id: int) -> Changes:
    """Return what happened after an event; the viewer's own acts change cards too, but need no words."""
    events = session.scalars(
        select(AuditEvent)
        .where(in_programs(AuditEvent.program_id, program_ids), AuditEvent.id > mark)
        .order_by(AuditEvent.id)
        .limit(MOST_EVENTS + 1)
    ).all()
    if len(events) > MOST_EVENTS:
        return Changes(are_many=True)
    of_tasks = _prospects_of_tasks(session, events)
    ids = dict.fromkeys(number for event in events if (number := _prospect_of(event) or of_tasks.get(event.subject)))
    return Changes(tuple(ids), tuple(_words(session, events, viewer_id)))


def last_change(session: Session, program_id: int, prospect_id: int) -> tuple[AuditEvent, str | None] | None:
    """Return the newest audit event about a prospect among a program's last ones, and who did it."""
    rows = session.execute(
        select(AuditEvent, User.name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.program_id == program_id)
        .order_by(AuditEvent.id.desc())
        .limit(MOST_EVENTS)
    )
    return next(((event, who) for event, who in rows if event.subject == f"prospect:{prospect_id}"), None)


def _prospect_of(event: AuditEvent) -> int | None:
    kind, _, number = event.subject.partition(":")
    if kind == "prospect" and number.isdecimal():
        return int(number)
    named = event.details.get("prospect_id")
    return named if isinstance(named, int) else None


def _prospects_of_tasks(session: Session, events: Sequence[AuditEvent]) -> dict[str, int]:
    """Return the prospects of the tasks that events are about, by the events' subject: a next step is a task."""
    ids = [int(number) for event in events if (number := event.subject.removeprefix("task:")).isdecimal()]
    if not ids:
        return {}
    rows = session.execute(select(Task.id, Task.prospect_id).where(Task.id.in_(ids), Task.prospect_id.is_not(None)))
    return {f"task:{task_id}": prospect_id for task_id, prospect_id in rows if prospect_id is not None}


def _words(session: Session, events: Sequence[AuditEvent], viewer_id: int) -> list[str]:
    moved = {
        number: event
        for event in events
        if event.action == "prospect.moved" and event.actor_id != viewer_id and (number := _prospect_of(event))
    }
    if not moved:
        return []
    names = dict(
        session.execute(
            select(Prospect.id, Company.name)
            .join(Company, Company.id == Prospect.company_id)
            .where(Prospect.id.in_(moved))
        ).all()
    )
    actors = {event.actor_id for event in moved.values() if event.actor_id}
    people = dict(session.execute(select(User.id, User.name).where(User.id.in_(actors))).all())
    return [
        _(
            "%(who)s moved %(name)s to %(stage)s.",
            who=people.get(event.actor_id or 0, "Scoutboard"),
            name=names[number],
            stage=_(Stage(event.details["to"]).label),
        )
        for number, event in moved.items()
        if number in names
    ]
