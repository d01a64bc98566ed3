"""Views that ask others about an application: a colleague for an opinion, and the references it names."""

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import transaction
from app.languages import gettext as _
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.references import ask_reference
from app.services.reviewing import application_for
from app.services.second_opinions import OpinionGiven, ask_opinion, give_opinion, opinion_for
from app.web.applications.blueprint import blueprint
from app.web.applications.forms import AskOpinionForm, OpinionForm
from app.web.applications.views import Answer, Tried, draw
from app.web.form_errors import show_problems


@blueprint.post("/<int:application_id>/opinions")
def ask_colleague(slug: str, application_id: int) -> Answer:
    """Ask a colleague for a second opinion."""
    form = AskOpinionForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.DECIDE)
            application = application_for(session, program, application_id)
            ask_opinion(
                session,
                application,
                colleague_id=form.colleague_id.data or 0,
                question=form.question.data or "",
                actor=current_user,
            )
    except InvalidInput as error:
        show_problems(form, error)
        return draw(slug, application_id, Tried(ask_opinion=form)), 422
    flash(_("Asked: they have a task, and their answer appears here."), "success")
    return _back(slug, application_id)


@blueprint.post("/<int:application_id>/opinions/<int:opinion_id>")
def answer_colleague(slug: str, application_id: int, opinion_id: int) -> Answer:
    """Say what one thinks, as the colleague who was asked."""
    form = OpinionForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.WRITE_NOTES)
            application = application_for(session, program, application_id)
            opinion = opinion_for(session, application, opinion_id)
            given = OpinionGiven(form.leaning.data or "", form.answer.data or "")
            give_opinion(session, application, opinion, given, actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return draw(slug, application_id, Tried(opinion=form)), 422
    flash(_("Thank you: your opinion is kept with the application."), "success")
    return _back(slug, application_id)


@blueprint.post("/<int:application_id>/references/<int:reference_id>/ask")
def ask_for_reference(slug: str, application_id: int, reference_id: int) -> Response:
    """Mail a reference the link to their form."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.DECIDE)
        application = application_for(session, program, application_id)
        reference = ask_reference(session, application, reference_id, actor=current_user)
    flash(_("%(name)s is asked by mail; what they say appears here.", name=reference.name), "success")
    target = url_for("applications.show", slug=slug, application_id=application_id, _anchor="references")
    return redirect(target, 303)


def _back(slug: str, application_id: int) -> Response:
    target = url_for("applications.show", slug=slug, application_id=application_id, _anchor="opinions")
    return redirect(target, 303)
