"""No more broadcasts of one program: looking changes nothing, one press ends them, for people and mail programs alike.

As the page for all mail (views.py): the POST needs no login, cookie, form or CSRF token and answers 200, never a
redirect, whatever its body holds (RFC 8058).
"""

from typing import Any

from flask import Blueprint, render_template

from app.db import reading, transaction
from app.extensions import csrf
from app.services.care.opting_out import is_opted_out, opt_in, opt_out, program_of, read_link
from app.services.errors import NotFound
from app.services.languages import gettext as _
from app.web.apply.speaking import keep_choice, speak

blueprint = Blueprint("news", __name__, url_prefix="/u/news")
blueprint.after_request(keep_choice)


@blueprint.url_value_preprocessor
def prepare(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Choose the language before anything is answered, so that refusals are said in it too."""
    speak()


@blueprint.errorhandler(NotFound)
def broken(error: NotFound) -> tuple[str, int]:
    """Say what to do with a link that is not complete."""
    title = _("This link does not work")
    return render_template("portal/gone.html", title=title, why=str(error), is_gone=False), 404


@blueprint.get("/<token>")
def ask(token: str) -> str:
    """Show what the button does, or that it was pressed."""
    link = read_link(token)
    with reading() as session:
        program, is_out = program_of(session, link), is_opted_out(session, link)
    return render_template("unsubscribe/news.html", program=program, is_out=is_out, token=token)


@blueprint.post("/<token>")
@csrf.exempt
def act(token: str) -> str:
    """Send no more broadcasts of this program to the address."""
    link = read_link(token)
    with transaction() as session:
        program = program_of(session, link)
        opt_out(session, link)
    return render_template("unsubscribe/news.html", program=program, is_out=True, token=token)


@blueprint.post("/<token>/again")
def again(token: str) -> str:
    """Take it back."""
    link = read_link(token)
    with transaction() as session:
        program = program_of(session, link)
        opt_in(session, link)
    return render_template("unsubscribe/news.html", program=program, is_out=False, token=token)
