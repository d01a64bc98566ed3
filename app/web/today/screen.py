"""What the page of one's day and the answers that renew it show."""

from typing import Any

from flask import url_for
from flask_login import current_user

from app.db import snapshot
from app.models import Role
from app.queries.day_items import DayItem, DayKind
from app.queries.navigation import programs_of
from app.queries.today import my_day

ICONS = {
    DayKind.OVERDUE: "alert-triangle",
    DayKind.DUE: "checklist",
    DayKind.MENTION: "message",
    DayKind.REPLY: "inbox",
    DayKind.APPLICATION: "clipboard",
    DayKind.APPROVAL: "send",
    DayKind.SITE_CHANGE: "world-search",
    DayKind.ONBOARDING: "heart-handshake",
    DayKind.STUCK: "hourglass",
    DayKind.LINGERING: "hourglass",
    DayKind.WAKING: "clock",
}
# Of these one asks how long they have waited, of the others which day they have.
WAITING = frozenset({DayKind.MENTION, DayKind.REPLY, DayKind.STUCK, DayKind.LINGERING})


def day_values() -> dict[str, Any]:
    """Return the groups of the day of the person who asks, and what their template needs."""
    with snapshot() as session:
        programs = programs_of(session, current_user.id, sees_all=current_user.role is Role.ADMIN)
        groups = my_day(session, current_user, [program.id for program in programs])
    slugs = {program.id: program.slug for program in programs}
    return {
        "groups": groups,
        "names": {program.id: program.name for program in programs} if len(programs) > 1 else {},
        "slugs": slugs,
        "address_of": lambda item: _address(item, slugs[item.program_id]),
        "icons": ICONS,
        "waiting": WAITING,
    }


def _address(item: DayItem, slug: str) -> str:
    """Return where one works on a thing."""
    match item.kind:
        case DayKind.MENTION:
            return url_for("notifications.follow", notification_id=item.row_id)
        case DayKind.REPLY:
            return url_for("inbox.mail", slug=slug, mail_id=item.row_id)
        case DayKind.APPLICATION:
            return url_for("applications.show", slug=slug, application_id=item.row_id)
        case DayKind.APPROVAL:
            return url_for("outreach.approvals", slug=slug)
        case DayKind.ONBOARDING | DayKind.STUCK:
            return url_for("onboarding.partner", slug=slug, partnership_id=item.partnership_id)
        case _:
            if item.prospect_id is None:
                return url_for("tasks.index", slug=slug)
            part = "changes" if item.kind is DayKind.SITE_CHANGE else None
            return url_for("prospects.show", slug=slug, prospect_id=item.prospect_id, _anchor=part)
