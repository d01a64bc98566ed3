"""Opting out: looking changes nothing, pressing the button does, and a mail program may press it too (RFC 8058).

Scanners open every link of a mail, so GET only shows. The POST needs no login, cookie, form or CSRF token and answers
200, never a redirect, whatever its body holds; it is not even read.
"""

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from app.db import transaction
from app.extensions import csrf
from app.services.errors import NotFound
from app.services.unsubscribes import read_token, unsubscribe

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/u")


@blueprint.get("/<token>")
def ask(token: str) -> Response:
    """Show what the button does; an incomplete link gets a page that says what to do instead."""
    try:
        read_token(token)
    except NotFound as error:
        return _broken(error)
    return make_response(render_template("unsubscribe/ask.html"))


@blueprint.post("/<token>")
@csrf.exempt
def act(token: str) -> Response:
    """Take the address off every list, for the page's button and for one-click alike."""
    try:
        with transaction() as session:
            unsubscribe(session, token)
    except NotFound as error:
        return _broken(error)
    return make_response(render_template("unsubscribe/done.html"))


def _broken(error: NotFound) -> Response:
    return make_response(render_template("unsubscribe/broken.html", message=str(error)), 404)
