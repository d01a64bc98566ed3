"""Views of programs: the list, a new one, and what one says of itself."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import ProgramType, Role
from app.queries.programs import list_programs
from app.services.access import Permission, may, program_for, require
from app.services.errors import InvalidInput
from app.services.programs import (
    ProgramDetails,
    archive_program,
    archived_program_for,
    change_program,
    create_program,
    restore_program,
)
from app.web.form_errors import show_problems
from app.web.programs.blueprint import blueprint
from app.web.programs.forms import NewProgramForm, ProgramForm
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]


@blueprint.get("/programs")
def index() -> str:
    """List the programs a person works in, and those put away if they may bring them back."""
    sees_all = current_user.role is Role.ADMIN
    with reading() as session:
        programs = list_programs(session, current_user.id, sees_all=sees_all)
        archived = (
            list_programs(session, current_user.id, sees_all=sees_all, archived=True)
            if may(current_user.role, Permission.MANAGE_PROGRAMS)
            else []
        )
    return render_template("programs/index.html", programs=programs, archived=archived)


@blueprint.route("/programs/new", methods=["GET", "POST"])
def new() -> Answer:
    """Create a program and go on to its fit profile."""
    require(current_user, Permission.MANAGE_PROGRAMS)
    form = NewProgramForm()
    if not form.is_submitted():
        return render_template("programs/new.html", form=form)
    if form.validate():
        try:
            with transaction() as session:
                program = create_program(session, _details(form), slug=form.slug.data or "", actor=current_user)
            flash(_("%(name)s is ready. Say next what you look for in a partner.", name=program.name), "success")
            return redirect(url_for("programs.profile", slug=program.slug), 303)
        except InvalidInput as error:
            show_problems(form, error)
    return render_template("programs/new.html", form=form), 422


@blueprint.route("/p/<slug>/settings", methods=["GET", "POST"])
def settings(slug: str) -> Answer:
    """Change what a program says of itself."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
    form = ProgramForm(obj=program)
    if not form.is_submitted():
        form.type.data = program.type.value
        return render_template("programs/settings.html", form=form, program=program)
    if form.validate():
        try:
            with transaction() as session:
                row = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
                changed = change_program(session, row, _details(form), actor=current_user)
            flash(_("Saved.") if changed else _("Nothing was changed."), "success" if changed else "info")
            return redirect(url_for("programs.settings", slug=slug), 303)
        except InvalidInput as error:
            show_problems(form, error)
    return render_template("programs/settings.html", form=form, program=program), 422


@blueprint.post("/p/<slug>/archive")
def archive(slug: str) -> Response:
    """Put a program away; nothing is deleted."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        archive_program(session, program, actor=current_user)
    undo = url_for("programs.restore", slug=slug)
    flash_with_undo(_("%(name)s was archived. Nothing was deleted.", name=program.name), url=undo, fields={})
    return redirect(url_for("programs.index"), 303)


@blueprint.post("/programs/<slug>/restore")
def restore(slug: str) -> Response:
    """Bring an archived program back."""
    with transaction() as session:
        program = archived_program_for(session, current_user, slug)
        restore_program(session, program, actor=current_user)
    flash(_("%(name)s is back as it was.", name=program.name), "success")
    return redirect(url_for("programs.index"), 303)


def _details(form: ProgramForm) -> ProgramDetails:
    return ProgramDetails(
        name=form.name.data or "",
        type=ProgramType(form.type.data),
        description=form.description.data or "",
        offer=form.offer.data or "",
    )
