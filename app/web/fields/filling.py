"""Filling a program's own fields on the page of a prospect: all of them in one form."""

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.services.access import Permission
from app.services.custom_field_values import set_values
from app.services.custom_fields import fields_of
from app.services.errors import Conflict, InvalidInput
from app.web.fields.blueprint import blueprint
from app.web.prospects.screen import Typed, TypedFields, prospect_in
from app.web.prospects.views import render_page
from app.whole_numbers import row_number

MAX_TYPED = 2_000


@blueprint.post("/prospects/<int:prospect_id>/fields")
def fill(slug: str, prospect_id: int) -> Response | tuple[str, int]:
    """Write the fields of a prospect; refused ones come back as they were typed, and nothing is written."""
    typed: dict[int, str] = {}
    try:
        with transaction() as session:
            program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
            fields = [field for field in fields_of(session, program.id) if f"field-{field.id}" in request.form]
            typed = {field.id: request.form[f"field-{field.id}"][:MAX_TYPED] for field in fields}
            changed = set_values(
                session,
                prospect,
                {field: typed[field.id] for field in fields},
                actor=current_user,
                version=row_number(request.form.get("version", ""), 0),
            )
    except Conflict as error:
        return _refused(slug, prospect_id, TypedFields(typed, {}, str(error)), 409)
    except InvalidInput as error:
        return _refused(slug, prospect_id, TypedFields(typed, dict(error.fields), ""), 422)
    flash(_("Saved.") if changed else _("Nothing was changed."), "success" if changed else "info")
    return redirect(url_for("prospects.show", slug=slug, prospect_id=prospect_id, _anchor="fields"), 303)


def _refused(slug: str, prospect_id: int, typed: TypedFields, status: int) -> tuple[str, int]:
    with reading() as session:
        return render_page(session, slug, prospect_id, Typed(fields=typed)), status
