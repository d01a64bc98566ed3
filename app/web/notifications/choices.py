"""How one wants to be told of each kind."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models.day_choices import DayMail
from app.models.notification import NotificationKind, NotificationWay
from app.queries.notifications import ways_of
from app.services.day_choices import choices_of
from app.services.notifying.choosing import choose_ways
from app.web.notifications.blueprint import blueprint


@blueprint.get("/notifications/choices")
def choices() -> str:
    """Show each kind with the ways one can be told of it."""
    with reading() as session:
        chosen = ways_of(session, current_user.id)
        mail = choices_of(session, current_user.id).mail
    return render_template(
        "notifications/choices.html",
        chosen=chosen,
        kinds=list(NotificationKind),
        ways=list(NotificationWay),
        mail=mail,
        is_mail_off=mail is DayMail.OFF,
    )


@blueprint.post("/notifications/choices")
def choose() -> Response:
    """Keep the choices; a kind that the form does not name stays as it was."""
    typed = {kind.value: request.form[kind.value] for kind in NotificationKind if kind.value in request.form}
    with transaction() as session:
        is_mail_new = choose_ways(session, current_user, typed)
    saved = [_("Your choices are saved.")]
    if is_mail_new:
        saved.append(_("The morning mail comes from Monday to Friday now, for it carries them."))
    flash(" ".join(saved), "success")
    return redirect(url_for(".choices"), 303)
