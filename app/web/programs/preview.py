"""The live preview of a fit profile: asked for again and again while somebody edits, or once by a button."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from app.db import reading
from app.models import Program
from app.queries.fit_preview import ProfilePreview, profile_preview
from app.services.access import Permission, program_for
from app.services.profiles import UnusableProfile, normal_content
from app.web.embedding import embedder_if_ready, embedder_when_ready
from app.web.programs.blueprint import blueprint
from app.web.programs.forms import ProfileForm
from app.web.programs.reading_form import content_of, in_words
from scoring.errors import ModelMissing, ScoringError

MOST_TOP = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPanel:
    """What the preview shows: a result, or why there is none; `is_loading` while the model is not there yet."""

    result: ProfilePreview | None = None
    problems: tuple[str, ...] = ()
    is_loading: bool = False


@blueprint.post("/p/<slug>/profile/preview")
def preview_profile(slug: str) -> str:
    """Show what the profile in the form would change; nothing is saved."""
    form = ProfileForm()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
        panel = panel_for(session, program, form, waits=False)
    return render_template("profile/_preview.html", program=program, preview=panel)


def panel_for(session: Session, program: Program, form: ProfileForm, *, waits: bool) -> PreviewPanel:
    """Return the preview of a form; with `waits` the model is waited for, as where no script can ask again."""
    if problems := form.problems():
        return PreviewPanel(problems=tuple(problems))
    try:
        content = normal_content(content_of(form))
        embedder = embedder_when_ready() if waits else embedder_if_ready()
        if embedder is None:
            return PreviewPanel(is_loading=True)
        return PreviewPanel(
            result=profile_preview(session, program.id, content, embedder=embedder, **_top(request.form.get("top", "")))
        )
    except UnusableProfile as error:
        return PreviewPanel(problems=tuple(in_words(problem) for problem in error.problems))
    except (ModelMissing, ScoringError) as error:
        return PreviewPanel(problems=(str(error),))


def _top(text: str) -> dict[str, Any]:
    return {"top": max(1, min(int(text), MOST_TOP))} if text.isdecimal() and len(text) < 6 else {}
