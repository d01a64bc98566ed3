"""Results out of a file: checked row by row, then written, then taken back if need be."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import counted, number
from app.languages import gettext as _
from app.services.access import Permission, program_for
from app.services.care.amounts import Unreadable, read_currency
from app.services.care.result_imports import MAX_BYTES, Verdict, check_results, import_results, undo_import
from app.services.errors import InvalidInput
from app.services.imports.decoding import decode_file
from app.web.care.blueprint import blueprint
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]
# The checked text comes back in a form, where its line ends and signs take more room than in the file.
_FORM_BYTES = 4 * MAX_BYTES


@blueprint.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take a whole file's text. This hook runs ahead of the check of the form's token, which reads the form."""
    if endpoint in ("care.check_import", "care.confirm_import"):
        request.max_form_memory_size = _FORM_BYTES


@blueprint.get("/results/import")
def import_form(slug: str) -> str:
    """Ask for a file."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
    return render_template("care/import.html", program=program, problems={}, typed={})


@blueprint.post("/results/import")
def check_import(slug: str) -> Answer:
    """Say what would become of each row; nothing is written yet."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
        try:
            content, currency = _sent()
            checked = check_results(session, program, content, currency=currency)
            text = decode_file(content).text
        except InvalidInput as error:
            page = render_template("care/import.html", program=program, problems=error.fields, typed=request.form)
            return page, 422
    return render_template("care/checked.html", program=program, checked=checked, text=text, currency=currency)


@blueprint.post("/results/import/confirm")
def confirm_import(slug: str) -> Answer:
    """Write the rows that can be written, judged once more, and offer a way back."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.IMPORT)
            content, currency = _sent()
            batch, checked = import_results(session, program, content, currency=currency, actor=current_user)
    except InvalidInput as error:
        with reading() as session:
            program = program_for(session, current_user, slug, Permission.IMPORT)
        page = render_template("care/import.html", program=program, problems=error.fields, typed=request.form)
        return page, 422
    new, replaced, bad = (checked.counts[kind] for kind in (Verdict.NEW, Verdict.REPLACES, Verdict.BAD))
    said = _(
        "%(new)s new, %(replaced)s replaced, %(bad)s could not be read.",
        new=number(new),
        replaced=number(replaced),
        bad=number(bad),
    )
    flash_with_undo(said, url=url_for("care.undo_result_import", slug=slug, batch=batch), fields={})
    return redirect(url_for("care.results", slug=slug), 303)


@blueprint.post("/results/import/<batch>/undo")
def undo_result_import(slug: str, batch: str) -> Response:
    """Take an import back."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
        count = undo_import(session, program, batch, actor=current_user)
    flash(
        counted("%(num)s month is as before the import.", "%(num)s months are as before the import.", count), "success"
    )
    return redirect(url_for("care.results", slug=slug), 303)


def _sent() -> tuple[bytes, str]:
    try:
        currency = read_currency(request.form.get("currency", ""))
    except Unreadable as error:
        raise InvalidInput({"currency": str(error)}) from None
    upload = request.files.get("file")
    if isinstance(upload, FileStorage) and upload.filename:
        with upload.stream:
            return upload.stream.read(MAX_BYTES + 1), currency
    pasted = request.form.get("pasted", "")
    if not pasted.strip():
        raise InvalidInput({"file": _("Choose a file, or paste the rows into the box below.")})
    return pasted.encode("utf-8", errors="replace"), currency
