"""Importing partners of another platform: upload, what the columns mean, the verdicts, and taking it back."""

from contextlib import suppress

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.languages import counted, number
from app.languages import gettext as _
from app.models import ImportBatch, Program
from app.models.wave import WaveImport
from app.queries.waves import imports_of_partners
from app.services.access import Permission, program_for
from app.services.errors import Conflict, InvalidInput
from app.services.imports.batches import batch_for, start_batch
from app.services.imports.running import run_batch
from app.services.waves.columns import WaveField, names_a_tier
from app.services.waves.entering import enter_partners, take_back
from app.services.waves.importing import add_remarks, begin_import, change_columns, import_for, read_file
from app.services.waves.presets import PRESETS, Platform
from app.web.form_errors import show_problems
from app.web.imports import screen
from app.web.undo import flash_with_undo
from app.web.waves.blueprint import Answer, blueprint
from app.web.waves.forms import PartnerFileForm

_SAMPLES = 3


@blueprint.get("/imports")
def imports(slug: str) -> str:
    """Show the upload form and earlier imports of partners."""
    return _imports_page(slug, PartnerFileForm(formdata=None))


@blueprint.post("/imports")
def upload(slug: str) -> Answer:
    """Take a file, guess its columns, and check every row."""
    form = PartnerFileForm()
    with reading() as session:
        program_for(session, current_user, slug, Permission.IMPORT)
    try:
        if not form.validate_on_submit():
            raise InvalidInput({})
        file = read_file(*form.read_upload())
    except InvalidInput as error:
        show_problems(form, error)
        return _imports_page(slug, form), 422
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
        platform = form.chosen_platform()
        batch_id = begin_import(session, program, file, platform=platform, by_user_id=current_user.id).batch_id
    _check(slug, batch_id)
    return redirect(url_for("waves.show_import", slug=slug, wave_batch_id=batch_id), 303)


@blueprint.get("/imports/<int:wave_batch_id>")
def show_import(slug: str, wave_batch_id: int) -> str:
    """Show what the columns mean and the verdict on every row."""
    return _import_page(slug, wave_batch_id)


@blueprint.post("/imports/<int:wave_batch_id>/columns")
def set_columns(slug: str, wave_batch_id: int) -> Answer:
    """Take another meaning of the columns and check every row anew."""
    try:
        with transaction() as session:
            _program, wave_import, batch = _found(session, slug, wave_batch_id, Permission.IMPORT)
            chosen = {
                heading: request.form.get(f"column-{place}", "") for place, heading in enumerate(wave_import.columns)
            }
            change_columns(session, wave_import, batch, chosen, by_user_id=current_user.id)
    except InvalidInput as error:
        return _import_page(slug, wave_batch_id, problem=error.fields["columns"]), 422
    except Conflict as error:
        flash(str(error), "warning")
    else:
        _check(slug, wave_batch_id)
        flash(_("Every row was checked anew."), "success")
    return redirect(url_for("waves.show_import", slug=slug, wave_batch_id=wave_batch_id), 303)


@blueprint.post("/imports/<int:wave_batch_id>/start")
def start_import(slug: str, wave_batch_id: int) -> Answer:
    """Bring the rows in and put their companies on the migration list, or go on with what is left."""
    words, category = "", "warning"
    with transaction() as session:
        _program, _import, batch = _found(session, slug, wave_batch_id, Permission.IMPORT)
        # What is in already is only put on the list, which a first try may not have got to.
        try:
            start_batch(session, batch, by_user_id=current_user.id, in_background=False)
        except Conflict as error:
            words = str(error)
    run_batch(transaction, wave_batch_id)
    with suppress(Conflict), transaction() as session:
        program, wave_import, _batch = _found(session, slug, wave_batch_id, Permission.IMPORT)
        entered = enter_partners(session, program, wave_import, by_user_id=current_user.id)
        words = counted(
            "%(num)s partner put on the list, %(updated)s brought up to date. No mail has left.",
            "%(num)s partners put on the list, %(updated)s brought up to date. No mail has left.",
            entered.added,
            updated=number(entered.updated),
        )
        category = "success"
    if category == "success":
        undo = url_for("waves.undo_import", slug=slug, wave_batch_id=wave_batch_id)
        flash_with_undo(words, url=undo, fields={})
        return redirect(url_for("waves.plan", slug=slug), 303)
    flash(words or _("The import did not get to its end; go on with what is left."), category)
    return redirect(url_for("waves.show_import", slug=slug, wave_batch_id=wave_batch_id), 303)


@blueprint.post("/imports/<int:wave_batch_id>/undo")
def undo_import(slug: str, wave_batch_id: int) -> Answer:
    """Take off the list whom this import put on it; prospects and contacts stay."""
    try:
        with transaction() as session:
            program, wave_import, _batch = _found(session, slug, wave_batch_id, Permission.IMPORT)
            count = take_back(session, program, wave_import, actor=current_user)
        words = counted(
            "%(num)s partner taken off the list. The prospects stay on the board.",
            "%(num)s partners taken off the list. The prospects stay on the board.",
            count,
        )
        flash(words, "success")
    except Conflict as error:
        flash(str(error), "warning")
    return redirect(url_for("waves.show_import", slug=slug, wave_batch_id=wave_batch_id), 303)


def _check(slug: str, batch_id: int) -> None:
    """Judge the rows, then say in each verdict what the migration makes of it."""
    run_batch(transaction, batch_id)
    with transaction() as session:
        program, wave_import, _batch = _found(session, slug, batch_id, Permission.IMPORT)
        add_remarks(session, program, wave_import)


def _found(
    session: Session, slug: str, batch_id: int, permission: Permission
) -> tuple[Program, WaveImport, ImportBatch]:
    program = program_for(session, current_user, slug, permission)
    batch = batch_for(session, program.id, batch_id, for_change=permission is Permission.IMPORT)
    return program, import_for(session, program, batch_id), batch


def _imports_page(slug: str, form: PartnerFileForm) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        lines = imports_of_partners(session, program.id)
    return render_template(
        "waves/imports.html", program=program, form=form, imports=lines, presets=PRESETS, screen=screen, tab="imports"
    )


def _import_page(slug: str, batch_id: int, *, problem: str = "") -> str:
    with reading() as session:
        program, wave_import, batch = _found(session, slug, batch_id, Permission.READ)
        status = screen.load_status(session, program, batch)
        verdict = screen.known_filter(request.args.get("verdict", ""))
        page = screen.load_rows(session, batch, verdict=verdict, number=request.args.get("page", 1, type=int))
        first = screen.load_rows(session, batch, verdict="", number=1).rows
        return render_template(
            "waves/import.html",
            program=program,
            wave_import=wave_import,
            platform=Platform(wave_import.platform).label if wave_import.platform else "",
            status=status,
            page=page,
            verdict=verdict,
            filters=screen.filters_of(status.view),
            names_a_tier=names_a_tier,
            columns=_columns(wave_import, [row.fields for row in first]),
            fields=list(WaveField),
            problem=problem,
            screen=screen,
            tab="imports",
        )


def _columns(wave_import: WaveImport, rows: list[dict[str, str]]) -> list[tuple[str, str, list[str]]]:
    """Return each heading with what it fills and its first values; a refused choice stays chosen."""
    found = []
    for place, (heading, field) in enumerate(wave_import.columns.items()):
        samples = [row[heading] for row in rows if row.get(heading)][:_SAMPLES]
        found.append((heading, request.form.get(f"column-{place}", field), samples))
    return found
