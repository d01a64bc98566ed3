"""What people changed of a prospect, read off the audit log: owner, tasks, fields, tags, contacts; from what to what.

A task's words come from the task itself, and a field's values are left out once a person of the company was erased: the
log keeps what was written when it happened, and nobody erased may come back from there.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, cast, func, literal, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark, short_day
from app.models import AuditEvent, Contact, Task, User
from app.models.custom_field import CustomField
from app.queries.timeline_entry import TimelineEntry, TimelineKind, screen

_OF_PROSPECT = {
    "prospect.assigned": TimelineKind.OWNER,
    "prospect.field_set": TimelineKind.FIELD,
    "prospect.tagged": TimelineKind.TAGS,
    "prospect.untagged": TimelineKind.TAGS,
    "contact.added": TimelineKind.CONTACT,
    "contact.edited": TimelineKind.CONTACT,
    "contact.removed": TimelineKind.CONTACT,
}
_CONTACT_WORDS = {
    "contact.added": mark("Contact added"),
    "contact.edited": mark("Contact changed"),
    "contact.removed": mark("Contact removed"),
}
_TASK_WORDS = {
    "task.opened": mark("Task: %(title)s"),
    "task.completed": mark("Task done: %(title)s"),
    "task.dropped": mark("Task dropped: %(title)s"),
    "task.reopened": mark("Task opened again: %(title)s"),
    "task.renamed": mark("Task renamed: %(title)s"),
    "task.changed": mark("Task changed: %(title)s"),
}


class _Names:
    """People and fields by the numbers that the log names them by."""

    def __init__(self, session: Session, details: Iterable[Mapping[str, Any]]) -> None:
        people, fields = set[int](), set[int]()
        for each in details:
            people |= {value for name in ("from", "to", "assignee_id") if isinstance(value := each.get(name), int)}
            fields |= {value} if isinstance(value := each.get("field_id"), int) else set()
        known = select(User.id, User.name).where(User.id.in_(people))
        labels = select(CustomField.id, CustomField.label).where(CustomField.id.in_(fields))
        self._people = dict(session.execute(known).all()) if people else {}
        self._fields = dict(session.execute(labels).all()) if fields else {}

    def person(self, number: int | None) -> str:
        return _("nobody") if number is None else self._people.get(number) or _("somebody who left")

    def field(self, number: int | None) -> str:
        return self._fields.get(number or 0) or _("A field that is gone")


def changes_of_prospect(
    session: Session, *, prospect_id: int, company_id: int, before: datetime | None
) -> Iterator[TimelineEntry]:
    """Yield the newest changes of a prospect itself."""
    erased = select(Contact.id).where(Contact.company_id == company_id, Contact.key.startswith("erased:"))
    rows = (
        select(AuditEvent, User.name, erased.exists())
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.subject == f"prospect:{prospect_id}", AuditEvent.action.in_(_OF_PROSPECT))
    )
    found = session.execute(screen(rows, AuditEvent.at, AuditEvent.id, before)).all()
    names = _Names(session, (event.details for event, *_rest in found))
    for event, who, is_erased in found:
        title, body = _said_of_prospect(event, names, is_erased=is_erased)
        yield TimelineEntry(kind=_OF_PROSPECT[event.action], id=event.id, at=event.at, title=title, who=who, body=body)


def changes_of_tasks(session: Session, *, prospect_id: int, before: datetime | None) -> Iterator[TimelineEntry]:
    """Yield the newest changes of a prospect's tasks."""
    before_it = func.lag(AuditEvent.details, type_=JSON()).over(partition_by=AuditEvent.subject, order_by=AuditEvent.id)
    events = (
        select(
            AuditEvent.id, AuditEvent.at, AuditEvent.action, AuditEvent.actor_id, AuditEvent.details,
            Task.title, before_it.label("earlier"),
        )
        .join(Task, AuditEvent.subject == literal("task:").concat(cast(Task.id, String)))
        .where(Task.prospect_id == prospect_id)
        .subquery()
    )  # fmt: skip
    told = events.c
    rows = select(events, User.name.label("who")).outerjoin(User, User.id == told.actor_id)
    rows = rows.where(told.action.in_(_TASK_WORDS))
    found = session.execute(screen(rows, told.at, told.id, before)).all()
    names = _Names(session, (each for row in found for each in (row.details, row.earlier or {})))
    for row in found:
        body = _task_in_words(row.action, row.details, row.earlier or {}, names)
        title = _(_TASK_WORDS[row.action], title=row.title)
        yield TimelineEntry(kind=TimelineKind.TASK, id=row.id, at=row.at, title=title, who=row.who, body=body)


def _said_of_prospect(event: AuditEvent, names: _Names, *, is_erased: bool) -> tuple[str, str]:
    details = event.details
    if event.action == "prospect.assigned":
        before, now = names.person(details["from"]), names.person(details["to"])
        return _("Owner: %(before)s → %(now)s", before=before, now=now), ""
    if event.action == "prospect.field_set":
        title = _("%(field)s changed", field=names.field(details["field_id"]))
        return title, "" if is_erased else f"{details['from'] or '–'} → {details['to'] or '–'}"
    if event.action in _CONTACT_WORDS:
        return _(_CONTACT_WORDS[event.action]), ""
    tags = ", ".join(details["tags"])
    is_on = event.action == "prospect.tagged"
    return _("Tagged: %(tags)s", tags=tags) if is_on else _("Tag taken off: %(tags)s", tags=tags), ""


def _task_in_words(action: str, details: Mapping[str, Any], earlier: Mapping[str, Any], names: _Names) -> str:
    """Say for whom a task is and when it is due: at its beginning, and where that was changed, from what to what."""
    if action not in ("task.opened", "task.changed"):
        return ""
    is_new = action == "task.opened" or "assignee_id" not in earlier
    person, day = names.person(details.get("assignee_id")), _day(details.get("due_at"))
    if is_new and details.get("due_at"):
        return _("For %(name)s, due %(day)s", name=person, day=day)
    if is_new:
        return _("For %(name)s", name=person)
    lines = []
    if details.get("assignee_id") != earlier.get("assignee_id"):
        lines.append(_("For: %(before)s → %(now)s", before=names.person(earlier.get("assignee_id")), now=person))
    if details.get("due_at") != earlier.get("due_at"):
        lines.append(_("Due: %(before)s → %(now)s", before=_day(earlier.get("due_at")), now=day))
    return "\n".join(lines)


def _day(text: str | None) -> str:
    return short_day(datetime.fromisoformat(text)) if text else "–"
