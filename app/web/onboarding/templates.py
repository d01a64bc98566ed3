"""The template editor: what new partners are asked to do."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import ActionKind, OnboardingTemplate, Program, TemplateAction
from app.queries.keeping_resources import resources_of
from app.queries.prospect import possible_owners
from app.queries.step_resources import step_resources
from app.queries.tiers import known_tiers
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.onboarding import templates as service
from app.services.onboarding.differing import running_count
from app.web.form_errors import show_problems
from app.web.onboarding.blueprint import blueprint
from app.web.onboarding.forms import ActionForm, TemplateForm
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]
_EDIT = Permission.EDIT_ONBOARDING


@blueprint.get("/templates")
def template_list(slug: str) -> str:
    """Show the templates in force, and a form for another one."""
    return _list(slug, TemplateForm(formdata=None))


@blueprint.post("/templates")
def add_template(slug: str) -> Answer:
    """Add an empty template."""
    form = TemplateForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            if not form.validate():
                raise InvalidInput({})
            template = service.add_template(session, program, form.content(), actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return _list(slug, form), 422
    flash(_("Added. Now put its steps in."), "success")
    return _to_template(slug, template.id)


@blueprint.get("/templates/<int:template_id>")
def template(slug: str, template_id: int) -> str:
    """Show a template with its steps."""
    return _template(slug, template_id)


@blueprint.post("/templates/<int:template_id>")
def change_template(slug: str, template_id: int) -> Answer:
    """Change a template's name, tier and patience."""
    form = TemplateForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            found = service.template_for(session, program, template_id)
            if not form.validate():
                raise InvalidInput({})
            service.change_template(session, found, form.content(), actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return _template(slug, template_id, form), 422
    flash(_("Saved, for partners who begin from now on."), "success")
    return _to_template(slug, template_id)


@blueprint.post("/templates/<int:template_id>/archive")
def archive(slug: str, template_id: int) -> Response:
    """Start nobody with a template any more."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        found = service.template_for(session, program, template_id)
        service.archive_template(session, found, actor=current_user)
    undo = url_for("onboarding.restore", slug=slug, template_id=template_id)
    flash_with_undo(_("“%(name)s” is put away; plans that began with it go on.", name=found.name), url=undo, fields={})
    return redirect(url_for("onboarding.template_list", slug=slug), 303)


@blueprint.post("/templates/<int:template_id>/restore")
def restore(slug: str, template_id: int) -> Response:
    """Put a template back in force."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        service.restore_template(session, service.template_for(session, program, template_id), actor=current_user)
    return _to_template(slug, template_id)


@blueprint.route("/templates/<int:template_id>/steps", methods=["GET", "POST"])
def add_step(slug: str, template_id: int) -> Answer:
    """Add a step of the kind named in the address."""
    wanted = request.args.get("kind", ActionKind.READ_CONFIRM.value)
    kind = ActionKind(wanted) if wanted in list(ActionKind) else ActionKind.READ_CONFIRM
    form = ActionForm()
    with reading() as session:
        program = program_for(session, current_user, slug, _EDIT)
        found = service.template_for(session, program, template_id)
        earlier, people = service.actions_of(session, found.id), possible_owners(session, program.id)
        form.offer(kind, earlier, people, resources_of(session, program.id))
    if form.is_submitted() and form.validate():
        try:
            with transaction() as session:
                inside = program_for(session, current_user, slug, _EDIT)
                known = service.template_for(session, inside, template_id)
                service.add_action(session, known, form.content(kind), actor=current_user)
            flash(_("Added, for partners who begin from now on."), "success")
            return _to_template(slug, template_id)
        except InvalidInput as error:
            show_problems(form, error)
    return _step_page(program, found, kind, form)


@blueprint.route("/templates/steps/<int:template_action_id>", methods=["GET", "POST"])
def change_step(slug: str, template_action_id: int) -> Answer:
    """Change a step on a page of its own."""
    with reading() as session:
        program = program_for(session, current_user, slug, _EDIT)
        found, action = service.template_action_for(session, program, template_action_id)
        earlier = [each for each in service.actions_of(session, found.id) if each.position < action.position]
        people, library = possible_owners(session, program.id), resources_of(session, program.id)
    form = ActionForm() if request.method == "POST" else ActionForm.of(action)
    form.offer(action.kind, earlier, people, library)
    if form.is_submitted() and form.validate():
        try:
            with transaction() as session:
                _unused, known = _action(session, slug, template_action_id)
                service.change_action(session, known, form.content(known.kind), actor=current_user)
            flash(_("Saved, for partners who begin from now on."), "success")
            return _to_template(slug, found.id)
        except InvalidInput as error:
            show_problems(form, error)
    return _step_page(program, found, action.kind, form, action)


@blueprint.post("/templates/steps/<int:template_action_id>/up")
def raise_step(slug: str, template_action_id: int) -> Response:
    """Move a step one place up."""
    with transaction() as session:
        found, action = _action(session, slug, template_action_id)
        service.raise_action(session, action, actor=current_user)
    return _to_template(slug, found.id)


@blueprint.post("/templates/steps/<int:template_action_id>/remove")
def remove_step(slug: str, template_action_id: int) -> Response:
    """Take a step out of the template."""
    with transaction() as session:
        found, action = _action(session, slug, template_action_id)
        again = ActionForm.of(action).sent()
        service.remove_action(session, action, actor=current_user)
    undo = url_for("onboarding.add_step", slug=slug, template_id=found.id, kind=action.kind.value)
    flash_with_undo(_("“%(title)s” is out. Undo puts it back at the end.", title=action.title), url=undo, fields=again)
    return _to_template(slug, found.id)


def _action(session: Session, slug: str, action_id: int) -> tuple[OnboardingTemplate, TemplateAction]:
    program = program_for(session, current_user, slug, _EDIT)
    return service.template_action_for(session, program, action_id)


def _list(slug: str, form: TemplateForm) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        found = service.templates_of(session, program.id)
        form.tier.offer(known_tiers(session, program.id))
    return render_template("onboarding/templates.html", program=program, templates=found, form=form)


def _template(slug: str, template_id: int, form: TemplateForm | None = None) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        found = service.template_for(session, program, template_id)
        actions = service.actions_of(session, found.id)
        people = {person.id: person.name for person in possible_owners(session, program.id)}
        running = running_count(session, found)
        resources = step_resources(session, program.id, actions, tier=found.tier)
        shown = form or TemplateForm.of(found)
        shown.tier.offer(known_tiers(session, program.id, also=found.tier))
    return render_template(
        "onboarding/template.html",
        running=running,
        resources=resources,
        program=program,
        template=found,
        actions=actions,
        titles={action.id: action.title for action in actions},
        people=people,
        kinds=list(ActionKind),
        form=shown,
    )


def _step_page(
    program: Program,
    found: OnboardingTemplate,
    kind: ActionKind,
    form: ActionForm,
    action: TemplateAction | None = None,
) -> Answer:
    page = render_template("onboarding/step.html", program=program, template=found, kind=kind, form=form, action=action)
    return (page, 422) if form.is_submitted() else page


def _to_template(slug: str, template_id: int) -> Response:
    return redirect(url_for("onboarding.template", slug=slug, template_id=template_id), 303)
