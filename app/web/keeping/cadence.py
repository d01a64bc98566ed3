"""How often partners of a tier are to be touched."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.queries.keeping_touch import tier_key
from app.queries.tiers import known_tiers
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.keeping import cadence as service
from app.web.keeping.blueprint import blueprint
from app.web.onboarding.partner import Answer
from app.web.undo import flash_with_undo

_EDIT = Permission.EDIT_ONBOARDING


@blueprint.get("/cadence")
def cadence(slug: str) -> str:
    """Show the rules in force, and a form for another one."""
    return _page(slug, {})


@blueprint.post("/cadence")
def add_rule(slug: str) -> Answer:
    """Add a rule."""
    tier, days = request.form.get("tier", ""), request.form.get("days", "")
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            service.add_rule(session, program, tier=tier, days=days, actor=current_user)
    except InvalidInput as error:
        return _page(slug, dict(error.fields)), 422
    flash(_("In force. Within the hour, partners without a touch for longer make a task each."), "success")
    return redirect(url_for("keeping.cadence", slug=slug), 303)


@blueprint.post("/cadence/<int:cadence_id>/end")
def end_rule(slug: str, cadence_id: int) -> Response:
    """End a rule."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        service.end_rule(session, service.rule_in(session, program, cadence_id), actor=current_user)
    undo = url_for("keeping.restore_rule", slug=slug, cadence_id=cadence_id)
    flash_with_undo(_("The rule makes no more tasks; those it made stay."), url=undo, fields={})
    return redirect(url_for("keeping.cadence", slug=slug), 303)


@blueprint.post("/cadence/<int:cadence_id>/restore")
def restore_rule(slug: str, cadence_id: int) -> Response:
    """Put a rule back in force."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        service.restore_rule(session, service.rule_in(session, program, cadence_id), actor=current_user)
    return redirect(url_for("keeping.cadence", slug=slug), 303)


def _page(slug: str, problems: dict[str, str]) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        rules = service.rules_of(session, program.id)
        tiers = known_tiers(session, program.id)
    return render_template(
        "keeping/cadence.html",
        program=program,
        rules=rules,
        tiers=tiers,
        names={tier_key(tier): tier for tier in tiers},
        problems=problems,
        typed=request.form if problems else {},
    )
