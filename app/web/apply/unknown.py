"""Addresses below the applicants' and partners' pages that are none: 404 in the visitor's language and layout.

No blueprint owns an address without a route, so this is the app's own answer to such a request.
"""

from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from app.errors import http_error
from app.services.languages import SOURCE, in_language
from app.services.languages import gettext as _
from app.web.apply.blueprint import blueprint
from app.web.apply.speaking import keep_choice, speak

# The pages of people who are no users: what stands behind these is never a screen of ours.
_THEIRS = ("/apply", "/application", "/reference", "/partner")


@blueprint.app_errorhandler(NotFound)
def unknown(error: HTTPException) -> Response:
    """Say that nothing is at an address; below our own pages as everywhere else in the product."""
    return _answer(404) if _is_theirs() else http_error(error)


@blueprint.app_errorhandler(MethodNotAllowed)
def wrong_method(error: HTTPException) -> Response:
    """Say the same where an address takes another kind of request: to whoever came here, nothing is at it."""
    answer = _answer(405) if _is_theirs() else http_error(error)
    if "Allow" in error.get_response().headers:
        answer.headers["Allow"] = error.get_response().headers["Allow"]
    return answer


def _is_theirs() -> bool:
    return any(request.path == start or request.path.startswith(f"{start}/") for start in _THEIRS)


def _answer(status: int) -> Response:
    # No blueprint takes up the request, so nobody else puts the language back for whatever the thread serves next.
    with in_language(SOURCE):
        speak()
        why = _(
            "Nothing is at this address: it may be mistyped or cut off. Open the link again from where you have it."
        )
        page = render_template("apply/gone.html", title=_("There is nothing here"), why=why)
        return keep_choice(make_response(page, status))
