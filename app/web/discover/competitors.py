"""Name the competitors of a program, and take them off the list."""

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import transaction
from app.languages import gettext as _
from app.services.access import Permission, program_for
from app.services.competitors import add_competitor, remove_competitor
from app.services.errors import Conflict, InvalidInput
from app.web.discover import screen
from app.web.discover.blueprint import blueprint
from app.web.discover.forms import CompetitorForm
from app.web.discover.views import render_index
from app.web.form_errors import show_problems
from app.web.undo import flash_with_undo


@blueprint.post("/competitors")
def name_competitor(slug: str) -> Response | tuple[str, int]:
    """Put a company on the list of competitors."""
    form = CompetitorForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.IMPORT)
            named = add_competitor(session, program, form.competitor.data or "", by_user_id=current_user.id)
        flash(_("%(name)s is named as a competitor.", name=named.name), "success")
    except (InvalidInput, Conflict) as error:
        fields = error.fields if isinstance(error, InvalidInput) else {"competitor": str(error)}
        show_problems(form, InvalidInput(fields))
        return render_index(slug, screen.Typed(competitor=form)), 422
    return redirect(url_for(".index", slug=slug, _anchor="competitors"), 303)


@blueprint.post("/competitors/<int:competitor_id>/remove")
def forget_competitor(slug: str, competitor_id: int) -> Response:
    """Take a company off the list of competitors."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
        gone = remove_competitor(session, program, competitor_id, by_user_id=current_user.id)
        domain, name = gone.domain, gone.name
    url = url_for(".name_competitor", slug=slug)
    flash_with_undo(_("%(name)s is no longer a competitor.", name=name), url=url, fields={"competitor": domain})
    return redirect(url_for(".index", slug=slug, _anchor="competitors"), 303)
