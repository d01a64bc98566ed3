"""Giving partners a status: chosen in the list or named in a file, previewed, then done with an undo."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.models import Program
from app.models.wave import WaveSource, WaveStatus
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.waves.changes import By, new_act
from app.services.waves.importing import read_file
from app.services.waves.status_files import preview_file
from app.services.waves.statuses import CHUNK, MAX_AT_ONCE, StatusLine, Wanted, apply_statuses, preview_statuses
from app.web.form_errors import show_problems
from app.web.undo import flash_with_undo
from app.web.waves.blueprint import STATUS_TONES, Answer, blueprint
from app.web.waves.forms import StatusFileForm
from app.web.waves.partners import chosen, partners_page

_SHOWN_PROBLEMS = 5


@blueprint.post("/statuses/preview")
def preview(slug: str) -> Answer:
    """Show what giving the chosen partners a status would do."""
    value = request.form.get("status", "")
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.DECIDE)
        try:
            if value not in frozenset(WaveStatus):
                raise InvalidInput({"status": _("Choose a status.")})
            lines = preview_statuses(session, program, [(key, WaveStatus(value)) for key, _version in chosen()])
        except InvalidInput as error:
            flash(str(error), "warning")
            return redirect(url_for("waves.partners", slug=slug), 303)
    return _preview_page(program, lines, WaveSource.HAND)


@blueprint.post("/statuses/file")
def preview_upload(slug: str) -> Answer:
    """Show what a file of statuses would do."""
    form = StatusFileForm()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.DECIDE)
        try:
            lines = preview_file(session, program, read_file(*form.read_upload()).table)
        except InvalidInput as error:
            show_problems(form, error)
            return partners_page(slug, form), 422
    return _preview_page(program, lines, WaveSource.FILE)


@blueprint.post("/statuses")
def apply(slug: str) -> Response:
    """Give the partners that are still ticked their status."""
    source = WaveSource.FILE if request.form.get("source") == WaveSource.FILE else WaveSource.HAND
    with reading() as session:
        program_for(session, current_user, slug, Permission.DECIDE)
    by = By(source=source, user_id=current_user.id, act=new_act())
    done, problems, wanted = 0, list[str](), _wanted()[:MAX_AT_ONCE]
    for start in range(0, len(wanted), CHUNK):
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.DECIDE)
            changed, refused = apply_statuses(session, program, wanted[start : start + CHUNK], by)
        done, problems = done + changed, problems + refused
    left = _("Not changed: %(problems)s", problems=" ".join(problems[:_SHOWN_PROBLEMS])) if problems else ""
    if done:
        fields = {"act": by.act}
        words = counted("%(num)s partner changed.", "%(num)s partners changed.", done)
        flash_with_undo(f"{words} {left}".rstrip(), url=url_for("waves.undo", slug=slug), fields=fields)
    else:
        words = _("Nobody was changed.")
        flash(f"{words} {left or _('Choose partners first.')}", "warning")
    return redirect(url_for("waves.partners", slug=slug), 303)


def _wanted() -> list[Wanted]:
    """Return the ticked lines, each `id:version:status`."""
    statuses = {value.split(":")[0]: value.split(":")[-1] for value in request.form.getlist("chosen")}
    return [
        Wanted(key, version, WaveStatus(statuses[str(key)]))
        for key, version in chosen()
        if statuses.get(str(key)) in frozenset(WaveStatus)
    ]


def _preview_page(program: Program, lines: Sequence[StatusLine], source: WaveSource) -> str:
    return render_template(
        "waves/preview.html",
        program=program,
        kept=[line for line in lines if not line.problem],
        skipped=[line for line in lines if line.problem],
        source=source,
        tones=STATUS_TONES,
        tab="partners",
    )
