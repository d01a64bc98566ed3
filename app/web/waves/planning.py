"""The plan of a migration, dealing partners out to the weeks, and taking back what was done in one go."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.queries.wave_bands import bands_of
from app.services.access import Permission, program_for
from app.services.errors import Conflict, InvalidInput
from app.services.waves.changes import undo_act
from app.services.waves.planning import Proposal, plan_waves, propose
from app.services.waves.plans import plan_of, save_plan
from app.web.form_errors import show_problems
from app.web.undo import flash_with_undo
from app.web.waves.blueprint import Answer, blueprint, unit_of
from app.web.waves.forms import DealForm, MigrationPlanForm

_SHOWN_PROBLEMS = 5


@blueprint.get("/settings")
def settings(slug: str) -> str:
    """Show the plan."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        form = MigrationPlanForm.of(plan_of(session, program))
    return render_template("waves/settings.html", program=program, form=form, tab="settings")


@blueprint.post("/settings")
def save_settings(slug: str) -> Answer:
    """Change the plan."""
    form = MigrationPlanForm()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.DECIDE)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                program = program_for(session, current_user, slug, Permission.DECIDE)
                save_plan(session, program, form.content(), actor=current_user)
        except InvalidInput as error:
            show_problems(form, error)
        else:
            flash(_("The plan is saved. What partners were promised already stays."), "success")
            return redirect(url_for("waves.index", slug=slug), 303)
    return render_template("waves/settings.html", program=program, form=form, tab="settings"), 422


@blueprint.get("/plan")
def plan(slug: str) -> Answer:
    """Show how the partners without a wave would be dealt out."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        found = plan_of(session, program)
        form = DealForm(request.args) if "starts_on" in request.args else DealForm.usual(found)
        proposal, problem = Proposal((), (), ""), False
        try:
            if "starts_on" in request.args and not form.validate():
                raise InvalidInput({})
            proposal = propose(session, program, form.choice())
        except InvalidInput as error:
            show_problems(form, error)
            problem = True
        page = render_template(
            "waves/plan.html",
            program=program,
            form=form,
            proposal=proposal,
            bands=bands_of(found),
            unit=unit_of(found),
            tab="plan",
        )
    return (page, 422) if problem else page


@blueprint.post("/plan")
def deal(slug: str) -> Answer:
    """Plan as it was proposed."""
    form = DealForm(request.form)
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.DECIDE)
            if not form.validate():
                raise InvalidInput({"starts_on": _("Choose the first week and how many partners a week.")})
            act, count = plan_waves(
                session, program, form.choice(), mark=request.form.get("mark", "")[:16], actor=current_user
            )
    except (InvalidInput, Conflict) as error:
        flash(str(error), "warning")
        return redirect(url_for("waves.plan", slug=slug), 303)
    flash_with_undo(
        counted("%(num)s partner planned. No mail has left.", "%(num)s partners planned. No mail has left.", count),
        url=url_for("waves.undo", slug=slug),
        fields={"act": act},
    )
    return redirect(url_for("waves.index", slug=slug), 303)


@blueprint.post("/undo")
def undo(slug: str) -> Answer:
    """Take back what was done in one go, for those who have not moved on since."""
    act = request.form.get("act", "")[:16]
    count, problems, before, has_more = 0, list[str](), 0, True
    try:
        while has_more:
            with transaction() as session:
                program = program_for(session, current_user, slug, Permission.DECIDE)
                undone = undo_act(session, program, act, actor=current_user, before=before)
            count, problems = count + undone.count, [*problems, *undone.kept]
            before, has_more = undone.next_before, bool(undone.next_before)
    except Conflict as error:
        flash(str(error), "warning")
    else:
        words = counted("Taken back for %(num)s partner.", "Taken back for %(num)s partners.", count)
        if problems:
            kept = _("Not taken back: %(problems)s", problems=" ".join(problems[:_SHOWN_PROBLEMS]))
            words = f"{words} {kept}"
        flash(words, "warning" if problems else "success")
    return redirect(url_for("waves.partners", slug=slug), 303)
