"""An edited template and the partners who have begun: whose plan differs, and bringing the chosen ones up to date."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.queries.prospect import possible_owners
from app.services.access import Permission, program_for
from app.services.errors import Conflict
from app.services.onboarding.differing import SCREEN, compare_plans
from app.services.onboarding.templates import actions_of, template_for
from app.services.onboarding.updating import undo_update, update_plans
from app.web.onboarding.blueprint import blueprint
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number


@blueprint.get("/templates/<int:template_id>/updates")
def updates(slug: str, template_id: int) -> str:
    """Show which running plans differ from a template, and what bringing them up to date would change in each."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        template = template_for(session, program, template_id)
        found = compare_plans(session, template, after=row_number(request.args.get("after", ""), 0))
        titles = {action.id: action.title for action in actions_of(session, template.id)}
        people = {person.id: person.name for person in possible_owners(session, program.id)}
    return render_template(
        "onboarding/updates.html", program=program, template=template, found=found, titles=titles, people=people
    )


@blueprint.post("/templates/<int:template_id>/updates")
def apply_updates(slug: str, template_id: int) -> Response:
    """Bring the chosen plans up to date."""
    chosen = {number for text in request.form.getlist("plan")[:SCREEN] if (number := row_number(text))}
    back = redirect(url_for("onboarding.updates", slug=slug, template_id=template_id), 303)
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.EDIT_ONBOARDING)
            template = template_for(session, program, template_id)
            if not chosen:
                raise Conflict(_("Choose the partners whose plan is to be changed."))
            seen = {number: request.form.get(f"seen-{number}", "") for number in chosen}
            done = update_plans(session, template, seen, actor=current_user)
    except Conflict as error:
        flash(str(error), "warning")
        return back
    undo = url_for("onboarding.undo_updates", slug=slug, template_id=template_id)
    flash_with_undo(
        counted("%(num)s plan brought up to date.", "%(num)s plans brought up to date.", done.count),
        url=undo,
        fields={"act": done.act},
    )
    if done.stale:
        flash(
            _("Changed since you looked, so left as they are: %(names)s. Look again.", names=", ".join(done.stale)),
            "warning",
        )
    return back


@blueprint.post("/templates/<int:template_id>/updates/undo")
def undo_updates(slug: str, template_id: int) -> Response:
    """Take an update back."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_ONBOARDING)
        template_for(session, program, template_id)
        count, kept = undo_update(session, program, request.form.get("act", "")[:16], actor=current_user)
    flash(counted("%(num)s plan put back as it was.", "%(num)s plans put back as it was.", count), "success")
    if kept:
        flash(_("Somebody has worked on these since, so they stay: %(names)s.", names=", ".join(kept[:5])), "warning")
    return redirect(url_for("onboarding.updates", slug=slug, template_id=template_id), 303)
