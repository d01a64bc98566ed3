"""The bell, the page of what concerns one by day, and what marks it as read."""

from datetime import date, datetime
from itertools import groupby

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response

from app.clock import now, today
from app.db import reading, transaction
from app.languages import SOURCE, current_language, weekday
from app.languages import gettext as _
from app.models.notification import Notification, NotificationKind
from app.queries.notifications import PAGE, bell_of, notification_lines, older_than
from app.services.errors import InvalidInput
from app.services.notifying.choosing import line_for, mark_all_read, mark_read, mark_unread_again
from app.web.auth.next_page import safe_next
from app.web.notifications.addresses import address_of
from app.web.notifications.blueprint import blueprint
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

ICONS = {
    NotificationKind.MENTION: "message",
    NotificationKind.ASSIGNED: "user-plus",
    NotificationKind.REPLY: "inbox",
    NotificationKind.APPLICATION: "clipboard",
    NotificationKind.TASK_DUE: "checklist",
    NotificationKind.STUCK: "hourglass",
    NotificationKind.SENDER_PAUSED: "player-stop",
    NotificationKind.BULK_ENDED: "list-details",
}


@blueprint.get("/notifications")
def index() -> str:
    """Show what concerns the person who asks, by day, newest first; `unread=1` leaves out what was read."""
    is_unread = request.args.get("unread") == "1"
    conditions: list[ColumnElement[bool]] = [Notification.read_at.is_(None)] if is_unread else []
    before = _before()
    with reading() as session:
        if before is not None:
            conditions.append(older_than(*before))
        lines = notification_lines(session, current_user, *conditions, limit=PAGE + 1)
        bell = bell_of(session, current_user)
    shown = lines[:PAGE]
    return render_template(
        "notifications/page.html",
        days=[(_day_name(day), list(group)) for day, group in groupby(shown, key=lambda line: line.at.date())],
        following=f"{shown[-1].at.isoformat()}_{shown[-1].id}" if len(lines) > PAGE else "",
        newest_id=max((line.id for line in shown), default=0),
        is_unread=is_unread,
        is_first=before is None,
        bell=bell,
        icons=ICONS,
    )


@blueprint.get("/notifications/bell")
def bell() -> FlaskResponse:
    """Answer the bell: itself with its count, or 304 where it rings as it did when it was asked last."""
    with reading() as session:
        ringing = bell_of(session, current_user)
    headers = {"ETag": ringing.tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == ringing.tag:
        return FlaskResponse(status=304, headers=headers)
    answer = make_response(render_template("notifications/_bell.html", bell=ringing))
    answer.headers.update(headers)
    return answer


@blueprint.get("/notifications/<int:notification_id>")
def follow(notification_id: int) -> Response:
    """Lead to what a line is about; it is read with that."""
    with transaction() as session:
        line = line_for(session, current_user, notification_id)
        mark_read(session, current_user, notification_id)
    return redirect(address_of(line), 303)


@blueprint.post("/notifications/<int:notification_id>/read")
def read(notification_id: int) -> Response:
    """Mark a line as read, or with `read=0` as unread again."""
    with transaction() as session:
        mark_read(session, current_user, notification_id, is_read=request.form.get("read") != "0")
    return _back()


@blueprint.post("/notifications/read-all")
def read_all() -> Response:
    """Mark everything that was on screen, and what is older, as read, with an Undo."""
    newest = row_number(request.form.get("newest", ""))
    if newest is None:
        raise InvalidInput({"newest": _("Which lines were on screen is not readable; reload the page.")})
    with transaction() as session:
        count, moment = mark_all_read(session, current_user, newest_id=newest)
    if count:
        url = url_for("notifications.unread_again")
        flash_with_undo(_("Marked as read: %(count)s.", count=count), url=url, fields={"moment": moment.isoformat()})
    return _back()


@blueprint.post("/notifications/unread-again")
def unread_again() -> Response:
    """Take a "mark all as read" back."""
    try:
        moment = datetime.fromisoformat(request.form.get("moment", ""))
    except ValueError:
        raise InvalidInput({"moment": _("When they were marked is not readable; reload the page.")}) from None
    if moment.tzinfo is None:
        raise InvalidInput({"moment": _("When they were marked needs its time zone; reload the page.")})
    with transaction() as session:
        count = mark_unread_again(session, current_user, moment=moment)
    flash(_("Unread again: %(count)s.", count=count), "success")
    return _back()


def _back() -> Response:
    return redirect(safe_next(request.form.get("next")) if request.form.get("next") else url_for(".index"), 303)


def _before() -> tuple[datetime, int] | None:
    at, _, written = request.args.get("before", "").rpartition("_")
    try:
        moment = datetime.fromisoformat(at.replace(" ", "+"))
    except ValueError:
        return None
    number = row_number(written)
    return None if moment.tzinfo is None or number is None else (moment, number)


def _day_name(day: date) -> str:
    days = (today() - day).days
    if days in (0, 1):
        return _("Yesterday") if days else _("Today")
    if current_language() != SOURCE:
        return weekday(day)
    year = f" {day.year}" if day.year != now().year else ""
    return f"{day:%A}, {day.day} {day:%B}{year}"
