"""No more morning mail: looking changes nothing, one press ends it, for people and mail programs alike (RFC 8058)."""

from flask import Blueprint, render_template

from app.db import reading, transaction
from app.extensions import csrf
from app.languages import in_language
from app.models import User
from app.models.day_choices import DayMail
from app.services.notifying.morning import end_morning_mail, receiver_of

blueprint = Blueprint("morning", __name__, url_prefix="/u/morning")


@blueprint.get("/<token>")
def ask(token: str) -> str:
    """Show what the button does, or that it was pressed."""
    with reading() as session:
        choices = receiver_of(session, token)
        is_off, language = choices.mail is DayMail.OFF, session.get_one(User, choices.user_id).language
    return _page(language, is_off=is_off)


@blueprint.post("/<token>")
@csrf.exempt
def act(token: str) -> str:
    """End the mail: no login, no cookie, no token of a form, no redirect."""
    with transaction() as session:
        end_morning_mail(session, token)
        language = session.get_one(User, receiver_of(session, token).user_id).language
    return _page(language, is_off=True)


def _page(language: str, *, is_off: bool) -> str:
    """Draw the page in the language of whose mail it is, whoever is signed in."""
    with in_language(language, is_staff=True):
        return render_template("notifications/morning.html", is_off=is_off)
