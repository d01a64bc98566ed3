"""A person's own lines: read, unread, all read and back, and how they want to be told of each kind."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import User
from app.models.day_choices import DayMail
from app.models.notification import Notification, NotificationChoice, NotificationKind, NotificationWay
from app.queries.notifications import NotificationLine, notification_lines, visible_to, ways_of
from app.services.audit import record_audit
from app.services.day_choices import choices_of, choose_mail
from app.services.errors import InvalidInput, NotFound


def line_for(session: Session, user: User, notification_id: int) -> NotificationLine:
    """Return a person's line. Raises NotFound for anybody else's, and for what they may not see any more."""
    found = notification_lines(session, user, Notification.id == notification_id, limit=1)
    if not found:
        raise NotFound(_("This is not there (any more): what it was about is gone, or you do not work there now."))
    return found[0]


def mark_read(session: Session, user: User, notification_id: int, *, is_read: bool = True) -> None:
    """Mark one's line as read, or as unread again. Raises NotFound as line_for does."""
    line = line_for(session, user, notification_id)
    if line.is_read is not is_read:
        session.get_one(Notification, line.id).read_at = now() if is_read else None


def mark_all_read(session: Session, user: User, *, newest_id: int) -> tuple[int, datetime]:
    """Mark everything up to the newest line that was on screen as read; return how many, and when, which undo takes."""
    moment = now()
    unread = (*visible_to(user), Notification.read_at.is_(None), Notification.id <= newest_id)
    ids = session.scalars(select(Notification.id).where(*unread)).all()
    _set_read_at(session, list(ids), moment)
    return len(ids), moment


def mark_unread_again(session: Session, user: User, *, moment: datetime) -> int:
    """Take back what mark_all_read did at a moment; return how many that was."""
    ids = session.scalars(
        select(Notification.id).where(Notification.user_id == user.id, Notification.read_at == moment)
    ).all()
    _set_read_at(session, list(ids), None)
    return len(ids)


def choose_ways(session: Session, user: User, typed: Mapping[str, str]) -> bool:
    """Keep how a person wants to be told of each kind; a kind that is not named stays as it was.

    Who wants something in the morning's mail gets that mail: where it was off it comes from Monday to Friday now, and
    True is returned. Raises InvalidInput for a word that is no choice.
    """
    before, wanted = ways_of(session, user.id), _read(typed)
    changed = {kind: way for kind, way in wanted.items() if before[kind] is not way}
    rows = {
        row.kind: row
        for row in session.scalars(select(NotificationChoice).where(NotificationChoice.user_id == user.id))
    }
    for kind, way in changed.items():
        if kind in rows:
            rows[kind].way = way
        else:
            session.add(NotificationChoice(user_id=user.id, kind=kind, way=way))
    if changed:
        details = {kind.value: way.value for kind, way in changed.items()}
        record_audit(session, "user.told_of", subject=f"user:{user.id}", actor_id=user.id, details=details)
    is_new = NotificationWay.DIGEST in changed.values() and choices_of(session, user.id).mail is DayMail.OFF
    if is_new:
        choose_mail(session, user, DayMail.WORKDAYS.value)
    return is_new


def _read(typed: Mapping[str, str]) -> dict[NotificationKind, NotificationWay]:
    try:
        return {kind: NotificationWay(typed[kind.value]) for kind in NotificationKind if kind.value in typed}
    except ValueError as error:
        raise InvalidInput(
            {"way": _("%(error)s; choose %(ways)s.", error=error, ways=", ".join(NotificationWay))}
        ) from None


def _set_read_at(session: Session, ids: list[int], moment: datetime | None) -> None:
    for start in range(0, len(ids), 500):
        part = Notification.id.in_(ids[start : start + 500])
        session.execute(
            update(Notification).where(part).values(read_at=moment).execution_options(synchronize_session=False)
        )
