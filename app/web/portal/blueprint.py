"""The blueprint of the portal: its limits, and its own words for links and steps that are not there."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from app.services.document_store import MAX_DOCUMENT_BYTES
from app.services.errors import Conflict, NotFound
from app.services.onboarding.people import LinkGone

blueprint = Blueprint("portal", __name__, url_prefix="/partner")
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


def was_wrong(response: Response) -> bool:
    """Count only links that open nothing."""
    return response.status_code == 410


@blueprint.errorhandler(NotFound)
def not_found(error: NotFound) -> Answer:
    """Say that a link opens nothing, in the same words whatever it was; or that a step is not there."""
    is_gone = isinstance(error, LinkGone)
    title = "This link does not work" if is_gone else "There is nothing here"
    page = render_template("portal/gone.html", title=title, why=str(error), is_gone=is_gone)
    return page, 410 if is_gone else 404


@blueprint.errorhandler(Conflict)
def conflict(error: Conflict) -> Answer:
    """Say why something cannot be done now."""
    return render_template("portal/gone.html", title="That cannot be done now", why=str(error), is_gone=False), 409
