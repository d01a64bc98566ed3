"""Where a notification leads: to the thing itself, and where it stands for many, to where they are worked on."""

from flask import url_for

from app.models.notification import NotificationKind, Thing
from app.queries.notifications import NotificationLine


def address_of(line: NotificationLine) -> str:
    """Return the address of what a line is about."""
    return _of_many(line) if line.count > 1 else _of_one(line)


def _of_one(line: NotificationLine) -> str:
    slug, row_id = line.slug, line.row_id
    match line.thing:
        case Thing.APPLICATION:
            return url_for("applications.show", slug=slug, application_id=row_id)
        case Thing.PARTNER:
            return url_for("onboarding.partner", slug=slug, partnership_id=row_id)
        case Thing.MAIL:
            return url_for("inbox.mail", slug=slug, mail_id=row_id)
        case Thing.SENDER:
            return url_for("outreach.sender", slug=slug, sender_id=row_id)
        case Thing.BULK:
            return url_for("bulk.show", slug=slug, bulk_id=row_id)
    if line.prospect_id is None:
        return url_for("tasks.index", slug=slug)
    part = "tasks" if line.thing is Thing.TASK else "activity" if line.kind is NotificationKind.MENTION else None
    return url_for("prospects.show", slug=slug, prospect_id=line.prospect_id, _anchor=part)


def _of_many(line: NotificationLine) -> str:
    if line.thing is Thing.PROSPECT:
        return url_for("board.show", slug=line.slug, owner="me" if line.kind is NotificationKind.ASSIGNED else None)
    endpoints = {
        Thing.TASK: "tasks.index",
        Thing.APPLICATION: "applications.index",
        Thing.PARTNER: "onboarding.index",
        Thing.MAIL: "inbox.index",
        Thing.SENDER: "outreach.senders",
        Thing.BULK: "bulk.index",
    }
    return url_for(endpoints[line.thing], slug=line.slug)
