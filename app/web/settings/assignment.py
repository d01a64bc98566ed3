"""Views of assignment rules: the list with its dry run, one rule, who gets the rest, order, switch, delete."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Program
from app.models.assignment import AssignmentRule
from app.queries.arrivals import people_of, without_owner
from app.queries.filter_options import filter_options, what_is_gone
from app.queries.prospect_filter import ProspectFilter
from app.services.access import Permission, program_for
from app.services.assigning.conditions import conditions_of, in_words
from app.services.assigning.rules import (
    add_rule,
    change_rule,
    delete_rule,
    raise_rule,
    rule_in,
    rules_in_order,
    set_default,
    switch_rule,
)
from app.services.assigning.trying import DryRun, Tried, try_content, try_rules
from app.services.errors import Conflict, InvalidInput
from app.web.form_errors import show_problems
from app.web.settings.assignment_form import DefaultForm, RuleForm, values_of
from app.web.settings.blueprint import blueprint
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]
_EDIT = Permission.MANAGE_PROGRAMS


@blueprint.get("/p/<slug>/assignment")
def assignment(slug: str) -> str:
    """Show the rules in their order, what each would have given lately, and how many prospects nobody has."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        rules = rules_in_order(session, program.id)
        people = people_of(session, program.id)
        run = try_rules(session, program.id, rules) if rules else None
        free = without_owner(session, program.id)
        gone = {rule.id: _gone(session, program.id, rule) for rule in rules}
    return render_template(
        "settings/assignment.html",
        program=program,
        rules=[rule for rule in rules if not rule.is_default],
        default=next((rule for rule in rules if rule.is_default), None),
        is_any_on=any(rule.is_on for rule in rules),
        people=people,
        words={rule.id: in_words(conditions_of(rule.conditions)) for rule in rules},
        waits=any(conditions_of(rule.conditions).needs_a_site for rule in rules if rule.is_on),
        gone=gone,
        run=run,
        free=free,
    )


@blueprint.route("/p/<slug>/assignment/new", methods=["GET", "POST"])
def new_rule(slug: str) -> Answer:
    """Add a rule, or try it first."""
    return _rule_page(slug, None)


@blueprint.route("/p/<slug>/assignment/<int:assignment_id>", methods=["GET", "POST"])
def assignment_rule(slug: str, assignment_id: int) -> Answer:
    """Change a rule, or try the change first."""
    return _rule_page(slug, assignment_id)


@blueprint.route("/p/<slug>/assignment/default", methods=["GET", "POST"])
def default_rule(slug: str) -> Answer:
    """Say who gets what no rule gives."""
    with reading() as session:
        program = program_for(session, current_user, slug, _EDIT)
        people = people_of(session, program.id)
        rule = next((each for each in rules_in_order(session, program.id) if each.is_default), None)
    form = DefaultForm() if request.method == "POST" else DefaultForm(formdata=None, **values_of(rule))
    form.offer_people(people)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                program = program_for(session, current_user, slug, _EDIT)
                set_default(session, program, people=form.chosen(), way=form.share_way(), actor=current_user)
            flash(_("Saved. It gives from now on what no rule gives."), "success")
            return _back(slug)
        except InvalidInput as error:
            show_problems(form, error)
    page = render_template("settings/assignment_default.html", program=program, form=form)
    return (page, 422) if form.errors else page


@blueprint.post("/p/<slug>/assignment/<int:assignment_id>/up")
def raise_assignment(slug: str, assignment_id: int) -> Response:
    """Move a rule one place up."""
    with transaction() as session:
        raise_rule(session, _row(session, slug, assignment_id), actor=current_user)
    return _back(slug)


@blueprint.post("/p/<slug>/assignment/<int:assignment_id>/switch")
def switch_assignment(slug: str, assignment_id: int) -> Response:
    """Switch a rule on or off."""
    is_on = request.form.get("on") == "1"
    with transaction() as session:
        rule = _row(session, slug, assignment_id)
        switch_rule(session, rule, is_on=is_on, actor=current_user)
        name = rule.name
    undo = url_for("settings.switch_assignment", slug=slug, assignment_id=assignment_id)
    if is_on:
        said = _("“%(name)s” gives from now on.", name=name)
    else:
        said = _("“%(name)s” gives nothing any more. What it gave stays given.", name=name)
    flash_with_undo(said, url=undo, fields={"on": "0" if is_on else "1"})
    return _back(slug)


@blueprint.post("/p/<slug>/assignment/<int:assignment_id>/delete")
def delete_assignment(slug: str, assignment_id: int) -> Response:
    """Give up a rule that is switched off."""
    try:
        with transaction() as session:
            delete_rule(session, _row(session, slug, assignment_id), actor=current_user)
        flash(_("The rule is deleted. What it gave stays given."), "success")
    except Conflict as error:
        flash(str(error), "warning")
    return _back(slug)


def _rule_page(slug: str, rule_id: int | None) -> Answer:
    with reading() as session:
        program = program_for(session, current_user, slug, _EDIT)
        rule = rule_in(session, program, rule_id) if rule_id is not None else None
        people = people_of(session, program.id)
    if rule is not None and rule.is_default:
        return redirect(url_for("settings.default_rule", slug=slug), 303)
    form = RuleForm() if request.method == "POST" else RuleForm(formdata=None, **values_of(rule))
    form.offer_people(people)
    tried = None
    if form.validate_on_submit():
        try:
            if "try" not in request.form:
                return _saved(slug, rule_id, form)
            tried = _tried(program, rule, form)
        except InvalidInput as error:
            show_problems(form, error)
    return _form_page(program, rule, form, tried)


def _saved(slug: str, rule_id: int | None, form: RuleForm) -> Response:
    content = form.content()
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        if rule_id is None:
            add_rule(session, program, content, actor=current_user)
        else:
            change_rule(session, rule_in(session, program, rule_id), content, actor=current_user)
    flash(_("Saved. It holds for what comes in from now on."), "success")
    return _back(slug)


def _tried(program: Program, rule: AssignmentRule | None, form: RuleForm) -> tuple[DryRun, Tried]:
    with reading() as session:
        return try_content(session, program.id, form.content(), rule_id=rule.id if rule else 0)


def _form_page(
    program: Program, rule: AssignmentRule | None, form: RuleForm, tried: tuple[DryRun, Tried] | None
) -> Answer:
    with reading() as session:
        options = filter_options(session, program.id)
    page = render_template(
        "settings/assignment_rule.html",
        program=program,
        rule=rule,
        form=form,
        run=tried[0] if tried else None,
        tried=tried[1] if tried else None,
        options=options,
    )
    return (page, 422) if form.errors or form.form_errors else page


def _gone(session: Session, program_id: int, rule: AssignmentRule) -> list[str]:
    return what_is_gone(session, program_id, ProspectFilter(tags=conditions_of(rule.conditions).tags))


def _row(session: Session, slug: str, assignment_id: int) -> AssignmentRule:
    return rule_in(session, program_for(session, current_user, slug, _EDIT), assignment_id)


def _back(slug: str) -> Response:
    return redirect(url_for("settings.assignment", slug=slug), 303)
