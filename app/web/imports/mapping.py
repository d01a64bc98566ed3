"""What a person says the columns of a file mean: chosen on the import's page, remembered, and forgotten."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.services.access import Permission, require
from app.services.errors import Conflict, InvalidInput
from app.services.imports.batches import INLINE_ROWS
from app.services.imports.mapping import can_change, change_columns, forget_columns
from app.services.imports.new_fields import NEW, make_fields
from app.services.imports.running import run_batch
from app.web.imports.views import blueprint, draw_batch, find_batch


@blueprint.post("/<int:batch_id>/columns")
def set_columns(slug: str, batch_id: int) -> Response | tuple[str, int]:
    """Take the chosen columns and rules, and check the file anew: a short one at once, a long one in the background."""
    try:
        with transaction() as session:
            program, batch = find_batch(session, slug, batch_id, Permission.IMPORT)
            headings = list(batch.columns)
            columns = _by_heading(request.form, "column-", headings)
            if can_change(session, batch) and any(value.startswith(NEW) for value in columns.values()):
                require(current_user, Permission.MANAGE_PROGRAMS)
                columns = make_fields(session, program, batch, columns, actor=current_user)
            change_columns(
                session,
                batch,
                columns,
                _by_heading(request.form, "rule-", headings),
                by_user_id=current_user.id,
            )
            is_short = batch.row_count <= INLINE_ROWS
    except InvalidInput as error:
        with reading() as session:
            program, batch = find_batch(session, slug, batch_id, Permission.READ)
            return draw_batch(session, program, batch, problem=str(error), chosen=request.form), 422
    except Conflict as error:
        flash(str(error), "warning")
        return redirect(url_for("imports.show", slug=slug, batch_id=batch_id), 303)
    if is_short:
        flash(_("Every row was checked again with these columns."), "success")
    return _checked(slug, batch_id, is_short=is_short)


@blueprint.post("/<int:batch_id>/columns/forget")
def forget(slug: str, batch_id: int) -> Response:
    """Forget what is remembered for the headings of this file; where it may be, it is read by its headings again."""
    try:
        with transaction() as session:
            _program, batch = find_batch(session, slug, batch_id, Permission.IMPORT)
            is_anew = forget_columns(session, batch, by_user_id=current_user.id)
            is_short = is_anew and batch.row_count <= INLINE_ROWS
    except Conflict as error:
        flash(str(error), "warning")
        return redirect(url_for("imports.show", slug=slug, batch_id=batch_id), 303)
    flash(_("Forgotten. The headings decide again."), "success")
    return _checked(slug, batch_id, is_short=is_short)


def _checked(slug: str, batch_id: int, *, is_short: bool) -> Response:
    if is_short:
        run_batch(transaction, batch_id)
    return redirect(url_for("imports.show", slug=slug, batch_id=batch_id), 303)


def _by_heading(form: Mapping[str, str], prefix: str, headings: Sequence[str]) -> dict[str, str]:
    """Return what was chosen by heading; a place that the file does not have stands under its own name."""
    chosen = {}
    for name, value in form.items():
        place = name.removeprefix(prefix)
        if name.startswith(prefix):
            is_there = place.isdecimal() and len(place) < 4 and int(place) < len(headings)
            chosen[headings[int(place)] if is_there else name] = value
    return chosen
