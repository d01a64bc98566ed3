"""No more morning mail: looking changes nothing, one press ends it, for people and mail programs alike (RFC 8058)."""

from flask import Blueprint, render_template

from app.db import reading, transaction
from app.extensions import csrf
from app.models.day_choices import DayMail
from app.services.notifying.morning import end_morning_mail, receiver_of

blueprint = Blueprint("morning", __name__, url_prefix="/u/morning")


@blueprint.get("/<token>")
def ask(token: str) -> str:
    """Show what the button does, or that it was pressed."""
    with reading() as session:
        is_off = receiver_of(session, token).mail is DayMail.OFF
    return render_template("notifications/morning.html", is_off=is_off)


@blueprint.post("/<token>")
@csrf.exempt
def act(token: str) -> str:
    """End the mail: no login, no cookie, no token of a form, no redirect."""
    with transaction() as session:
        end_morning_mail(session, token)
    return render_template("notifications/morning.html", is_off=True)
