"""A card moves inside its program only. What is offered instead: the company as a prospect of the other program too."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.queries.prospect import prospect_header
from app.services.access import Permission, may, program_for, require
from app.services.errors import InvalidInput
from app.services.lanes import add_elsewhere
from app.services.prospects import find_prospect
from app.web.auth.next_page import HOME, safe_next
from app.web.pipelines.blueprint import blueprint
from app.web.prospects.screen import prospect_in


@blueprint.get("/<slug>/prospects/<int:prospect_id>/add")
def ask(slug: str, prospect_id: int) -> str:
    """Say why a prospect cannot be moved to another program (`to`), and offer to add its company there."""
    with reading() as session:
        home, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.READ)
        program = program_for(session, current_user, request.args.get("to") or slug)
        known = find_prospect(session, program.id, prospect.company_id)
        values = {
            "program": program,
            "home": home,
            "prospect": prospect_header(session, prospect.id),
            "known_id": known.id if known else None,
            "may_add": may(current_user.role, Permission.IMPORT),
            "next": _next(),
        }
    is_part = "HX-Request" in request.headers
    return render_template("pipelines/_elsewhere.html" if is_part else "pipelines/elsewhere.html", **values)


@blueprint.post("/<slug>/prospects/<int:prospect_id>/add")
def add(slug: str, prospect_id: int) -> Response:
    """Add a prospect's company to another program (`to`) as well; it begins there at the first stage."""
    require(current_user, Permission.IMPORT)
    try:
        with transaction() as session:
            prospect = prospect_in(session, current_user, slug, prospect_id, Permission.READ)[1]
            program = program_for(session, current_user, request.form.get("to", ""))
            added = add_elsewhere(session, prospect, program, actor=current_user)
            words = {"company": prospect_header(session, added.prospect.id).name, "program": program.name}
    except InvalidInput as error:
        flash(str(error), "danger")
    else:
        if added.is_new:
            flash(_("%(company)s is in %(program)s now, too.", **words), "success")
        else:
            flash(_("%(company)s was in %(program)s already.", **words), "info")
    return redirect(_next(), 303)


def _next() -> str:
    wanted = safe_next(request.values.get("next"))
    return wanted if wanted != HOME else url_for("pipelines.show")
