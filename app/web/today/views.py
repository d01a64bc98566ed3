"""The page of one's day, its calendar address and its mail."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, snapshot, transaction
from app.extensions import limiter
from app.languages import gettext as _
from app.models import Role
from app.models.day_choices import DayMail
from app.queries.navigation import programs_of
from app.queries.today import DayItem, DayKind, my_day
from app.services.day_choices import calendar_by_token, choices_of, choose_mail, end_calendar, make_calendar
from app.services.errors import InvalidInput
from app.services.tokens import hash_of

blueprint = Blueprint("today", __name__)
ICONS = {
    DayKind.OVERDUE: "alert-triangle",
    DayKind.DUE: "checklist",
    DayKind.REPLY: "inbox",
    DayKind.APPLICATION: "clipboard",
    DayKind.APPROVAL: "send",
    DayKind.ONBOARDING: "heart-handshake",
    DayKind.STUCK: "hourglass",
    DayKind.WAKING: "clock",
}


@blueprint.get("/today")
def page() -> str:
    """Show what waits for the person who asks, over all their programs."""
    return _page()


def _page(address: str = "") -> str:
    with snapshot() as session:
        programs = programs_of(session, current_user.id, sees_all=current_user.role is Role.ADMIN)
        groups = my_day(session, current_user.id, [program.id for program in programs])
        choices = choices_of(session, current_user.id)
    slugs = {program.id: program.slug for program in programs}
    return render_template(
        "today/page.html",
        groups=groups,
        names={program.id: program.name for program in programs} if len(programs) > 1 else {},
        address_of=lambda item: _address(item, slugs[item.program_id]),
        icons=ICONS,
        choices=choices,
        mails=list(DayMail),
        calendar_address=address,
    )


def _address(item: DayItem, slug: str) -> str:
    """Return where one works on a thing."""
    match item.kind:
        case DayKind.REPLY:
            return url_for("inbox.mail", slug=slug, mail_id=item.row_id)
        case DayKind.APPLICATION:
            return url_for("applications.show", slug=slug, application_id=item.row_id)
        case DayKind.APPROVAL:
            return url_for("outreach.approvals", slug=slug)
        case DayKind.ONBOARDING | DayKind.STUCK:
            return url_for("onboarding.partner", slug=slug, partnership_id=item.row_id)
        case _:
            if item.prospect_id is None:
                return url_for("tasks.index", slug=slug)
            return url_for("prospects.show", slug=slug, prospect_id=item.prospect_id)


@blueprint.post("/today/mail")
def set_mail() -> Response:
    """Keep how often the mail of the morning comes."""
    try:
        with transaction() as session:
            choose_mail(session, current_user, request.form.get("mail", ""))
    except InvalidInput as error:
        flash(str(error), "danger")
    else:
        flash(_("Your choice is saved."), "success")
    return redirect(url_for("today.page"), 303)


@blueprint.post("/today/calendar")
def make() -> str:
    """Make a new calendar address and show it, this once."""
    with transaction() as session:
        token = make_calendar(session, current_user)
    return _page(url_for("today.calendar", token=token, _external=True))


@blueprint.post("/today/calendar/end")
def end() -> Response:
    """End the calendar address."""
    with transaction() as session:
        end_calendar(session, current_user)
    flash(_("The calendar's address leads nowhere now."), "success")
    return redirect(url_for("today.page"), 303)


def _calendar_key() -> str:
    """Count by calendar: one office, or one calendar provider, asks for many from one network address."""
    return "calendar:" + hash_of(str((request.view_args or {}).get("token", "")))


@blueprint.get("/calendar/<token>.ics")
@limiter.limit("60 per hour", key_func=_calendar_key)
def calendar(token: str) -> Response:
    """Answer a calendar program: what is due for the person whose address this is."""
    with reading() as session:
        answer = Response(calendar_by_token(session, token), mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, max-age=900"
    return answer
