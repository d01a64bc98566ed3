"""Views of a program's own fields: the list, one field, putting away and bringing back."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.services.access import Permission, program_for
from app.services.custom_fields import (
    add_field,
    archive_field,
    archived_fields,
    change_field,
    field_for,
    fields_of,
    raise_field,
    restore_field,
)
from app.services.errors import InvalidInput
from app.web.fields.blueprint import blueprint
from app.web.fields.forms import FieldForm
from app.web.form_errors import show_problems
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]


@blueprint.get("/fields")
def index(slug: str) -> str:
    """Show the fields in use, those put away, and a form for another one."""
    return _page(slug, None)


@blueprint.post("/fields")
def add(slug: str) -> Answer:
    """Add a field behind the others."""
    with reading() as session:
        program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
    form = FieldForm()
    if form.validate():
        try:
            with transaction() as session:
                program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
                field = add_field(session, program, form.content(), actor=current_user)
            flash(
                _("“%(label)s” stands on every prospect of %(name)s now.", label=field.label, name=program.name),
                "success",
            )
            return _back(slug)
        except InvalidInput as error:
            show_problems(form, error)
    return _page(slug, form), 422


@blueprint.route("/fields/<int:field_id>", methods=["GET", "POST"])
def change(slug: str, field_id: int) -> Answer:
    """Change a field on a page of its own."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        field = field_for(session, program, field_id)
    form = FieldForm(kind=field.kind.value)
    if not form.is_submitted():
        form = FieldForm(label=field.label, kind=field.kind.value, help=field.help, options="\n".join(field.options))
        return render_template("fields/field.html", program=program, field=field, form=form)
    form.kind.data = field.kind.value
    if form.validate():
        try:
            with transaction() as session:
                program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
                change_field(session, field_for(session, program, field_id), form.content(), actor=current_user)
            flash(_("Saved."), "success")
            return _back(slug)
        except InvalidInput as error:
            show_problems(form, error)
    return render_template("fields/field.html", program=program, field=field, form=form), 422


@blueprint.post("/fields/<int:field_id>/archive")
def archive(slug: str, field_id: int) -> Response:
    """Put a field away; what stands in it is kept."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        field = field_for(session, program, field_id, with_archived=True)
        archive_field(session, field, actor=current_user)
    undo = url_for("fields.restore", slug=slug, field_id=field_id)
    flash_with_undo(_("“%(label)s” was archived. What stands in it is kept.", label=field.label), url=undo, fields={})
    return _back(slug)


@blueprint.post("/fields/<int:field_id>/restore")
def restore(slug: str, field_id: int) -> Response:
    """Bring a field back with all its values."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
            field = field_for(session, program, field_id, with_archived=True)
            restore_field(session, field, actor=current_user)
        flash(_("“%(label)s” is back with all its values.", label=field.label), "success")
    except InvalidInput as error:
        flash(str(error), "danger")
    return _back(slug)


@blueprint.post("/fields/<int:field_id>/up")
def up(slug: str, field_id: int) -> Response:
    """Move a field one place up."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        raise_field(session, field_for(session, program, field_id), actor=current_user)
    return _back(slug)


def _page(slug: str, form: FieldForm | None) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        fields, archived = fields_of(session, program.id), archived_fields(session, program.id)
    return render_template(
        "fields/index.html", program=program, fields=fields, archived=archived, form=form or FieldForm(formdata=None)
    )


def _back(slug: str) -> Response:
    return redirect(url_for("fields.index", slug=slug), 303)
