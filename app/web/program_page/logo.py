"""A program's logo: sent, looked at, and taken away again."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.program_logos import MAX_LOGO_BYTES, judge_logo, remove_logo, set_logo
from app.services.program_pages import stored_page
from app.web.apply.bounds import MAX_UPLOAD_BYTES, BoundedFormParser
from app.web.program_page.blueprint import blueprint
from app.web.program_page.views import Answer, show


@blueprint.url_value_preprocessor
def bound_the_body(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take in a huge file to its end and keep little of it, so that what is wrong is said beside the field."""
    if endpoint == "program_page.logo":
        request.max_content_length, request.max_form_parts = MAX_UPLOAD_BYTES, 10
        request.form_data_parser_class = BoundedFormParser


@blueprint.post("/logo")
def logo(slug: str) -> Answer:
    """Show another logo, or say what is wrong with the picture."""
    sent = request.files.get("logo")
    try:
        with reading() as session:
            stored_page(session, program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS))
        # One byte more than is taken tells a file that is too large. Drawing takes a while: nobody's writing waits.
        judged = judge_logo(sent.stream.read(MAX_LOGO_BYTES + 1) if sent is not None else b"")
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
            set_logo(session, program, judged, actor=current_user)
    except InvalidInput as error:
        return show(slug, logo_error=error.fields["logo"]), 422
    flash(_("This logo stands on the program's pages now."), "success")
    return redirect(url_for("program_page.settings", slug=slug, _anchor="logo"), 303)


@blueprint.post("/logo/remove")
def drop_logo(slug: str) -> Response:
    """Let the program's name stand where the logo stood."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        remove_logo(session, program, actor=current_user)
    flash(_("The logo is gone; the program's name stands in its place."), "success")
    return redirect(url_for("program_page.settings", slug=slug, _anchor="logo"), 303)
