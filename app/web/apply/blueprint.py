"""The blueprint of the applicants' pages: how much of a request is read, its language, and its refusals in words."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from app.services.document_store import MAX_DOCUMENT_BYTES
from app.services.errors import Conflict, NotFound
from app.services.languages import gettext as _
from app.web.apply.bounds import MAX_UPLOAD_BYTES, BoundedFormParser
from app.web.apply.speaking import keep_choice, register_words, speak

blueprint = Blueprint("apply", __name__)
blueprint.record_once(register_words)
blueprint.after_request(keep_choice)
# Twenty answers of 4,000 characters in four-byte letters, percent-encoded, and no more.
MAX_BODY_BYTES = 1024 * 1024
MAX_FORM_PARTS = 120


@blueprint.url_value_preprocessor
def prepare(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Lower the limits before anything reads the form: this hook runs ahead of the check of its token."""
    has_files = request.mimetype == "multipart/form-data"
    request.max_content_length = MAX_UPLOAD_BYTES if has_files else MAX_BODY_BYTES
    request.form_data_parser_class = BoundedFormParser
    request.max_form_parts = MAX_FORM_PARTS
    speak()


@blueprint.errorhandler(NotFound)
def not_found(error: NotFound) -> tuple[str, int]:
    """Say that there is nothing to apply to."""
    return _refusal(_("There is nothing here"), str(error), 404)


@blueprint.errorhandler(Conflict)
def conflict(error: Conflict) -> tuple[str, int]:
    """Say that it is too late for what was pressed."""
    return _refusal(_("That cannot be done now"), str(error), 409)


@blueprint.errorhandler(CSRFError)
def stale(_error: CSRFError) -> tuple[str, int]:
    """Say that the form must be opened anew."""
    why = _("This form was open for too long, or came from elsewhere. Reload the page and send it again.")
    return _refusal(_("That request could not be read"), why, 400)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """Say that more came than is read."""
    why = _(
        "More was sent than this form takes; files may have %(most)s MB in all. Go back: your browser still has what "
        "you typed. Then shorten it, or choose smaller files.",
        most=MAX_DOCUMENT_BYTES // 1024 // 1024,
    )
    return _refusal(_("That is too much at once"), why, 413)


@blueprint.errorhandler(TooManyRequests)
def too_many(_error: TooManyRequests) -> tuple[str, int]:
    """Say that a limit is reached."""
    why = _("Too many tries came from you or your network. Wait ten minutes, then try again.")
    return _refusal(_("Too many tries"), why, 429)


def _refusal(title: str, why: str, status: int) -> tuple[str, int]:
    return render_template("apply/gone.html", title=title, why=why), status
