"""Views of rules that approve: the dry run, switching one on, switching one off."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import FloatField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import mark
from app.queries.review_rules import rules_of
from app.services.access import Permission, program_for
from app.services.application_risks import Risk
from app.services.errors import InvalidInput
from app.services.review_rules import DryRun, checked_terms, dry_run, switch_off, switch_on
from app.web.applications.blueprint import blueprint
from app.web.applications.views import Answer
from app.web.form_errors import show_problems


class RuleForm(FlaskForm):
    """What a rule asks for."""

    min_score = FloatField(
        mark("Fit score at least"),
        description=mark("0 to 100, read off the site."),
        default=80,
        validators=[InputRequired()],
    )
    blocked_by = SelectField(
        mark("Left to a person are"),
        choices=[
            SelectChoice(Risk.LOW.value, mark("applications with any flag")),
            SelectChoice(Risk.MEDIUM.value, mark("those with a medium or high flag")),
            SelectChoice(Risk.HIGH.value, mark("those with a high flag")),
        ],
        validate_choice=False,
        validators=[InputRequired()],
    )


@blueprint.get("/rules")
def show_rules(slug: str) -> Answer:
    """Show the rules, and what the one being written would have done."""
    is_tried = "min_score" in request.args
    form = RuleForm(request.args if is_tried else None, meta={"csrf": False})
    return _page(slug, form, is_tried=is_tried)


@blueprint.post("/rules")
def add_rule(slug: str) -> Answer:
    """Switch a rule on that was looked at in a dry run."""
    form = RuleForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
            terms = checked_terms(form.min_score.data, form.blocked_by.data or "")
            switch_on(session, program, terms, actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return _page(slug, form, is_tried=False)
    flash(_("In force: %(rule)s. It is applied within a minute.", rule=terms.words), "success")
    return _back(slug)


@blueprint.post("/rules/<int:rule_id>/end")
def end_rule(slug: str, rule_id: int) -> Response:
    """Switch a rule off."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        switch_off(session, program, rule_id, actor=current_user)
    flash(_("Switched off. What it approved stays approved."), "success")
    return _back(slug)


def _page(slug: str, form: RuleForm, *, is_tried: bool) -> Answer:
    found: DryRun | None = None
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        if is_tried:
            try:
                found = dry_run(session, program, checked_terms(form.min_score.data, form.blocked_by.data or ""))
            except InvalidInput as error:
                show_problems(form, error)
        rules = rules_of(session, program.id)
    page = render_template("applications/rules.html", program=program, form=form, rules=rules, dry=found)
    return (page, 422) if form.errors else page


def _back(slug: str) -> Response:
    return redirect(url_for("applications.show_rules", slug=slug), 303)
