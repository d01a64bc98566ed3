"""The page of one's day, its calendar address and its mail."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.languages import gettext as _
from app.models.day_choices import DayMail
from app.services.day_choices import calendar_by_token, choices_of, choose_mail, end_calendar, make_calendar
from app.services.errors import InvalidInput
from app.services.tokens import hash_of
from app.web.today.blueprint import blueprint
from app.web.today.screen import day_values


@blueprint.get("/today")
def page() -> str:
    """Show what waits for the person who asks, over all their programs."""
    return _page()


def _page(address: str = "") -> str:
    with reading() as session:
        choices = choices_of(session, current_user.id)
    return render_template(
        "today/page.html", choices=choices, mails=list(DayMail), calendar_address=address, **day_values()
    )


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
