"""What a person needs for each kind of work: the assumptions of the report on automation, shown and changed."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import number
from app.models import Program
from app.queries.reports.work import WORK
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.work_minutes import set_minutes
from app.web.settings.blueprint import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/p/<slug>/work-minutes")
def minutes(slug: str) -> str:
    """Show what each kind of work is taken to need."""
    with reading() as session:
        program = program_for(session, current_user, slug)
    return _page(program, {code: number(each) for code, each in program.work_minutes.items()}, {})


@blueprint.post("/p/<slug>/work-minutes")
def save_minutes(slug: str) -> Answer:
    """Take over what was typed; where one number cannot be used, none is kept and all come back as they were typed."""
    typed = {kind.code: request.form.get(kind.code, "")[:40] for kind in WORK}
    with reading() as session:
        found = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
            changed = set_minutes(session, program, typed, actor=current_user)
    except InvalidInput as error:
        return _page(found, typed, error.fields), 422
    flash(_("Saved. The report counts with them now.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("settings.minutes", slug=slug), 303)


def _page(program: Program, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    return render_template(
        "settings/minutes.html",
        program=program,
        kinds=[(kind.code, kind.name, number(kind.minutes)) for kind in WORK],
        typed=typed,
        problems=problems,
        form=FlaskForm(),
    )
