"""How a program calls its stages: the form, and the words on screens that show several programs."""

from flask import Flask, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import BOARD_STAGES, OFF_BOARD_STAGES, Program, Stage
from app.models.stage import call_stages
from app.queries.stage_names import names_by_slug
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.stage_names import MAX_NAME, name_stages
from app.web.settings.blueprint import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/p/<slug>/stages")
def stages(slug: str) -> str:
    """Show how the stages are called."""
    with reading() as session:
        program = program_for(session, current_user, slug)
    return _page(program, dict(program.stage_names), {})


@blueprint.post("/p/<slug>/stages")
def name_them(slug: str) -> Answer:
    """Call the stages as typed; refused names come back as they were typed, and none is kept."""
    typed = {stage.value: request.form.get(stage.value, "")[:200] for stage in Stage}
    with reading() as session:
        found = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
            changed = name_stages(session, program, typed, actor=current_user)
    except InvalidInput as error:
        return _page(found, typed, error.fields), 422
    flash(_("Saved. Every screen calls them so now.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("settings.stages", slug=slug), 303)


def register_stage_names(app: Flask) -> None:
    """Give every template `stage_in(stage, slug)`: how another program than the one on screen calls a stage."""

    @app.before_request
    def speak_plainly() -> None:
        # A thread serves one request after another: none speaks in the words of the program before it.
        call_stages(None)

    @app.template_global()
    def stage_in(stage: Stage, slug: str) -> str:
        if "stage_names" not in g:
            with reading() as session:
                g.stage_names = names_by_slug(session)
        return str(g.stage_names.get(slug, {}).get(stage.value) or stage.word)


def _page(program: Program, typed: dict[str, str], problems: dict[str, str]) -> str:
    return render_template(
        "settings/stages.html",
        program=program,
        groups=((_("On the board"), BOARD_STAGES), (_("Off the board"), OFF_BOARD_STAGES)),
        typed=typed,
        problems=problems,
        most=MAX_NAME,
        form=FlaskForm(),
    )
