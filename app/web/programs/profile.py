"""Views of the fit profile: the editor, the history of versions, and how far re-scoring is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Program
from app.queries.profile import count_prospects, known_exemplars, known_signals, profile_versions
from app.queries.progress import program_progress
from app.services.access import Permission, program_for
from app.services.errors import Conflict
from app.services.fit import current_profile
from app.services.profiles import UnusableProfile, restore_profile, save_profile
from app.web.programs.blueprint import blueprint
from app.web.programs.forms import ProfileForm
from app.web.programs.preview import PreviewPanel, panel_for
from app.web.programs.reading_form import content_of, most_points, show_problems
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the page says beside the form: problems of the whole, a preview, how many topics were added."""

    problems: Sequence[str] = ()
    is_refused: bool = False
    preview: PreviewPanel | None = None
    added: int = 0


NOTHING_SAID = Said()


@blueprint.get("/p/<slug>/profile")
def profile(slug: str) -> str:
    """Show the fit profile: as a form to those who may edit it, else as text."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        in_force = current_profile(session, program.id)
        form = ProfileForm(formdata=None)
        form.fill(in_force.content if in_force else {}, version=in_force.version if in_force else 0)
        if in_force is None:
            form.topics.append_entry({})
        return profile_page(session, program, form, in_force.content if in_force else {})


@blueprint.post("/p/<slug>/profile")
def edit_profile(slug: str) -> Answer:
    """Save a new version, or add or remove a row where the browser runs no script."""
    form = ProfileForm()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
        if request.form.get("action") == "preview":
            said = Said(preview=panel_for(session, program, form, waits=True))
            return profile_page(session, program, form, content_of(form), said)
        if form.apply(request.form.get("action", "save")):
            full = form.form_errors
            return profile_page(session, program, form, content_of(form), Said(problems=full, is_refused=bool(full)))
    problems = form.problems()
    return _save(slug, form) if not problems else _refused(slug, form, problems)


@blueprint.post("/p/<slug>/profile/restore")
def restore_version(slug: str) -> Response:
    """Put an earlier version in force again, as a new version."""
    version = request.form.get("version", "")
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
        restored = restore_profile(session, program, row_number(version, 0), actor=current_user)
    flash(
        _(
            "Version %(version)s is in force again, as version %(new)s. Scores follow.",
            version=version,
            new=restored.version,
        ),
        "success",
    )
    return redirect(url_for("programs.profile", slug=slug), 303)


@blueprint.get("/p/<slug>/profile/progress")
def scoring_progress(slug: str) -> str:
    """Show how far the scoring of the program's prospects is."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        progress = program_progress(session, program.id)
    return render_template("profile/_progress.html", program=program, progress=progress, was_live=True)


def _save(slug: str, form: ProfileForm) -> Answer:
    base = form.base_version.data or 0
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
            saved = save_profile(
                session, program, content_of(form), note=form.note.data or "", base_version=base, actor=current_user
            )
    except UnusableProfile as error:
        return _refused(slug, form, show_problems(form, error.problems))
    except Conflict as error:
        return _refused(slug, form, [str(error)], status=409)
    if saved is None:
        flash(_("Nothing was changed, so no new version was made."), "info")
    else:
        _tell_saved(slug, saved.version, base)
    return redirect(url_for("programs.profile", slug=slug), 303)


def _tell_saved(slug: str, version: int, base: int) -> None:
    text = _("Version %(version)s is in force. Every prospect whose site was read is scored again.", version=version)
    if base:
        flash_with_undo(text, url=url_for("programs.restore_version", slug=slug), fields={"version": str(base)})
    else:
        flash(text, "success")


def _refused(slug: str, form: ProfileForm, problems: Sequence[str], *, status: int = 422) -> tuple[str, int]:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
        in_force = current_profile(session, program.id)
        if status == 409:
            # Said and shown: the next save is made knowing of the version that came between.
            form.base_on(in_force.version if in_force else 0)
        return profile_page(session, program, form, content_of(form), Said(problems=problems, is_refused=True)), status


def profile_page(
    session: Session,
    program: Program,
    form: ProfileForm,
    content: Mapping[str, Any],
    said: Said = NOTHING_SAID,
) -> str:
    """Return the page of the fit profile with this form; `content` is what the form describes."""
    return render_template(
        "profile/page.html",
        program=program,
        form=form,
        blank=ProfileForm(formdata=None),
        content=content,
        points=most_points(content),
        problems=said.problems,
        is_refused=said.is_refused,
        versions=profile_versions(session, program.id),
        exemplars=known_exemplars(session, program.id, list(content.get("exemplars") or ())),
        signal_names=known_signals(session, program.id),
        prospects=count_prospects(session, program.id),
        progress=program_progress(session, program.id),
        preview=said.preview,
        added=said.added,
    )
