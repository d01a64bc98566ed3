"""Files on the prospect page: keeping one, saving it, deleting it, putting it back."""

from typing import Any

from flask import flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.services.access import Permission
from app.services.document_store import MAX_DOCUMENT_BYTES
from app.services.errors import InvalidInput
from app.services.prospect_files import add_file, delete_file, file_in, restore_file
from app.web.kept_files import document_answer
from app.web.prospects.actions import Answer, back, refused
from app.web.prospects.screen import Typed, prospect_in
from app.web.prospects.views import blueprint
from app.web.undo import flash_with_undo

MAX_UPLOAD_BYTES = MAX_DOCUMENT_BYTES + 1024 * 1024
_FILE = "/files/<int:prospect_file_id>"


@blueprint.url_value_preprocessor
def bound_the_body(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Lower the limit before anything reads the form: this hook runs ahead of the check of its token."""
    if endpoint == "prospects.keep_file":
        request.max_content_length, request.max_form_parts = MAX_UPLOAD_BYTES, 10


@blueprint.post("/files")
def keep_file(slug: str, prospect_id: int) -> Answer:
    """Keep a file with the prospect."""
    sent = request.files.get("file")
    try:
        with transaction() as session:
            _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WRITE_NOTES)
            if sent is None or not sent.filename:
                raise InvalidInput({"file": _("Choose a file first.")})
            # One byte more than is taken tells a file that is too large.
            content = sent.stream.read(MAX_DOCUMENT_BYTES + 1)
            row = add_file(session, prospect, content, filename=sent.filename, actor=current_user)
    except InvalidInput as error:
        return refused(slug, prospect_id, Typed(file_error=str(error)))
    flash(_("%(name)s is kept here now.", name=row.filename), "success")
    return back(slug, prospect_id, "files")


@blueprint.get(_FILE)
def kept_file(slug: str, prospect_id: int, prospect_file_id: int) -> Response:
    """Save a file; it is never shown in the browser, whatever it says it is."""
    with reading() as session:
        _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.READ)
        row = file_in(session, prospect, prospect_file_id)
        return document_answer(row)


@blueprint.post(f"{_FILE}/delete")
def remove_file(slug: str, prospect_id: int, prospect_file_id: int) -> Response:
    """Take a file off the prospect."""
    with transaction() as session:
        _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WRITE_NOTES)
        row = delete_file(session, prospect, prospect_file_id, actor=current_user)
    url = url_for("prospects.bring_file_back", slug=slug, prospect_id=prospect_id, prospect_file_id=row.id)
    flash_with_undo(_("%(name)s deleted.", name=row.filename), url=url, fields={})
    return back(slug, prospect_id, "files")


@blueprint.post(f"{_FILE}/restore")
def bring_file_back(slug: str, prospect_id: int, prospect_file_id: int) -> Response:
    """Put a deleted file back."""
    with transaction() as session:
        _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WRITE_NOTES)
        restore_file(session, prospect, prospect_file_id, actor=current_user)
    flash(_("The file is back."), "success")
    return back(slug, prospect_id, "files")
