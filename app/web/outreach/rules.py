"""Where a program may write first: the table of countries, and the admin's override of the lanes."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Program
from app.queries.country_words import countries_in_words
from app.queries.senders import shown_rules
from app.services.access import Permission, program_for
from app.services.country_rules import MOST_QUIET_DAYS, set_country_rule, set_lane_override, set_quiet_days
from app.services.errors import InvalidInput
from app.web.form_errors import show_problems
from app.web.outreach.blueprint import blueprint
from app.web.outreach.sender_forms import CountryRuleForm

Answer = Response | str | tuple[str, int]


@blueprint.get("/rules")
def rules(slug: str) -> str:
    """Show the two lanes and the table of countries."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        return _page(session, program, _form())


@blueprint.post("/rules")
def set_rule(slug: str) -> Answer:
    """Say whether cold mail may go to a country."""
    form = _form()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_SENDERS)
            if not form.validate():
                return _page(session, program, form), 422
            set_country_rule(
                session,
                program,
                form.country.data,
                allows=bool(form.allows.data),
                note=form.note.data or "",
                actor=current_user,
            )
    except InvalidInput as error:
        show_problems(form, error)
        with reading() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_SENDERS)
            return _page(session, program, form), 422
    flash(_("Saved. It holds for every mail that has not left yet."), "success")
    return redirect(url_for("outreach.rules", slug=slug), 303)


@blueprint.post("/rules/override")
def override_lane(slug: str) -> Answer:
    """Let cold mail leave through the provider, or forbid it again; admins alone, and audited."""
    is_on = request.form.get("is_on") == "yes"
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.OVERRIDE_SENDING)
            set_lane_override(session, program, is_on=is_on, note=request.form.get("note", ""), actor=current_user)
    except InvalidInput as error:
        with reading() as session:
            program = program_for(session, current_user, slug, Permission.OVERRIDE_SENDING)
            return _page(session, program, _form(), problem=str(error)), 422
    flash(_("Noted in the audit log."), "success")
    return redirect(url_for("outreach.rules", slug=slug), 303)


@blueprint.post("/rules/quiet")
def set_quiet(slug: str) -> Answer:
    """Say for how many days somebody who had a mail is left alone."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_SENDERS)
            set_quiet_days(session, program, request.form.get("quiet_days", ""), actor=current_user)
    except InvalidInput as error:
        with reading() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_SENDERS)
            return _page(session, program, _form(), problem=str(error)), 422
    flash(_("Saved. It holds for everybody who is enrolled from now on."), "success")
    return redirect(url_for("outreach.rules", slug=slug), 303)


def _form() -> CountryRuleForm:
    form = CountryRuleForm()
    form.country.choices = [("", _("Choose a country")), *countries_in_words().items()]
    return form


def _page(session: Session, program: Program, form: CountryRuleForm, *, problem: str = "") -> str:
    shown = shown_rules(session, program.id)
    return render_template(
        "outreach/rules.html",
        program=program,
        form=form,
        rules=shown,
        problem=problem,
        most_quiet_days=MOST_QUIET_DAYS,
    )
