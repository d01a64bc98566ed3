"""The blueprint of the portal: its limits, and its own words for links and steps that are not there."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from app.services.document_store import MAX_DOCUMENT_BYTES
from app.services.errors import Conflict, NotFound
from app.services.languages import gettext as _
from app.services.onboarding.people import LinkGone
from app.web.apply.speaking import keep_choice, speak

blueprint = Blueprint("portal", __name__, url_prefix="/partner")
blueprint.after_request(keep_choice)
# Tokens are not guessed, but who tries is slowed down all the same; who has a key works on undisturbed.
WRONG_LINK_LIMIT = "30 per 10 minutes"
VISIT_LIMIT = "600 per 10 minutes"
MAX_TEXT_BYTES = 256 * 1024
MAX_UPLOAD_BYTES = MAX_DOCUMENT_BYTES + 1024 * 1024
MAX_FORM_PARTS = 60
Answer = str | tuple[str, int]


@blueprint.url_value_preprocessor
def bound_the_body(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Lower the limits before anything reads the form: this hook runs ahead of the check of its token."""
    request.max_content_length = MAX_UPLOAD_BYTES if endpoint == "portal.do_step" else MAX_TEXT_BYTES
    request.max_form_parts = MAX_FORM_PARTS
    speak()


def was_wrong(response: Response) -> bool:
    """Count only links that open nothing."""
    return response.status_code == 410


@blueprint.errorhandler(NotFound)
def not_found(error: NotFound) -> Answer:
    """Say that a link opens nothing, in the same words whatever it was; or that a step is not there."""
    is_gone = isinstance(error, LinkGone)
    title = _("This link does not work") if is_gone else _("There is nothing here")
    page = render_template("portal/gone.html", title=title, why=str(error), is_gone=is_gone)
    return page, 410 if is_gone else 404


@blueprint.errorhandler(Conflict)
def conflict(error: Conflict) -> Answer:
    """Say why something cannot be done now."""
    return refusal(_("That cannot be done now"), str(error), 409)


def stale(_error: CSRFError) -> Answer:
    """Say that the form must be opened anew."""
    why = _("This form was open for too long, or came from elsewhere. Reload the page and send it again.")
    return refusal(_("That request could not be read"), why, 400)


def too_large(_error: RequestEntityTooLarge) -> Answer:
    """Say that more came than is read."""
    why = _(
        "More was sent than this form takes; files may have %(most)s MB in all. Go back: your browser still has what "
        "you typed. Then shorten it, or choose smaller files.",
        most=MAX_DOCUMENT_BYTES // 1024 // 1024,
    )
    return refusal(_("That is too much at once"), why, 413)


def too_many(_error: TooManyRequests) -> Answer:
    """Say that a limit is reached."""
    why = _("Too many tries came from you or your network. Wait ten minutes, then try again.")
    return refusal(_("Too many tries"), why, 429)


def refusal(title: str, why: str, status: int) -> Answer:
    """Draw a page that says why something was not done."""
    return render_template("portal/gone.html", title=title, why=why, is_gone=False), status


def refuse_in_words(to: Blueprint) -> None:
    """Let a blueprint of pages for partners refuse in the partner's language."""
    to.register_error_handler(CSRFError, stale)
    to.register_error_handler(RequestEntityTooLarge, too_large)
    to.register_error_handler(TooManyRequests, too_many)


refuse_in_words(blueprint)
