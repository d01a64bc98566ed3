"""A fit profile suggested from what is known: shown, put into the editor, and saved by a person or not at all."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask_login import current_user

from app.db import reading
from app.languages import gettext as _
from app.queries.fit_suggestions import suggested_profile
from app.services.access import Permission, program_for
from app.services.fit import current_profile
from app.web.embedding import embedder_if_ready, embedder_when_ready
from app.web.programs.blueprint import blueprint
from app.web.programs.forms import MAX_ROWS, ProfileForm
from app.web.programs.profile import Said, profile_page
from app.web.programs.reading_form import content_of
from scoring.errors import ModelMissing

STANCES = ("wants", "avoids")


@blueprint.get("/p/<slug>/profile/suggest")
def suggest_profile(slug: str) -> str:
    """Show suggested topics with where each comes from; `?now=1` waits for the model instead of asking again."""
    found, problem = None, ""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
        try:
            embedder = embedder_when_ready() if request.args.get("now") else embedder_if_ready()
            found = suggested_profile(session, program, embedder=embedder) if embedder else None
        except ModelMissing as error:
            problem = str(error)
    return render_template("profile/suggest.html", program=program, found=found, problem=problem)


@blueprint.post("/p/<slug>/profile/suggest")
def use_suggestions(slug: str) -> str:
    """Open the editor with the chosen topics added to the profile in force; nothing is saved yet."""
    chosen = _chosen(request.form)
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
        in_force = current_profile(session, program.id)
        content = dict(in_force.content) if in_force else {}
        content["topics"] = [*(content.get("topics") or ()), *chosen]
        form = ProfileForm(formdata=None)
        form.fill(content, version=in_force.version if in_force else 0)
        form.note.data = _("Suggested from the program’s description and its approved partners") if chosen else ""
        return profile_page(session, program, form, content_of(form), Said(added=len(chosen)))


def _chosen(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the ticked topics as rows of the editor; it checks them as if they were typed there."""
    rows = []
    for number in range(MAX_ROWS):
        text = form.get(f"text-{number}", "").strip()[:4000]
        stance = form.get(f"stance-{number}", "")
        if form.get(f"pick-{number}") and text:
            rows.append({"text": text, "weight": 1.0, "stance": stance if stance in STANCES else "wants"})
    return rows
