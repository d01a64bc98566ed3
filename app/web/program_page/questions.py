"""Views that change the questions of a program's form."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.form_questions import (
    add_question,
    change_question,
    question_for,
    questions_of,
    raise_question,
    restore_question,
    retire_question,
)
from app.web.form_errors import show_problems
from app.web.program_page.blueprint import blueprint
from app.web.program_page.forms import QuestionForm
from app.web.program_page.views import Answer, show
from app.web.undo import flash_with_undo


@blueprint.post("/questions")
def add(slug: str) -> Answer:
    """Add a question at the end of the form."""
    form = QuestionForm()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        form.offer_parents(questions_of(session, program.id))
    if not form.validate():
        return show(slug, question_form=form), 422
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
            add_question(session, program, form.content(), actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return show(slug, question_form=form), 422
    flash(_("The question is on the form."), "success")
    return _back(slug)


@blueprint.route("/questions/<int:question_id>", methods=["GET", "POST"])
def change(slug: str, question_id: int) -> Answer:
    """Change a question on a page of its own."""
    form = QuestionForm()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        question = question_for(session, program, question_id)
        earlier = [each for each in questions_of(session, program.id) if each.position < question.position]
    if not form.is_submitted():
        form = QuestionForm(obj=question, kind=question.kind.value, options="\n".join(question.options))
        form.shown_when_id.data = question.shown_when_id or 0
        form.kind.data, form.options.data = question.kind.value, "\n".join(question.options)
    form.offer_parents(earlier)
    if form.is_submitted() and form.validate():
        try:
            with transaction() as session:
                program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
                question = question_for(session, program, question_id)
                change_question(session, question, form.content(), actor=current_user)
            flash(_("Saved. Answers given before keep the words they were asked with."), "success")
            return _back(slug)
        except InvalidInput as error:
            show_problems(form, error)
    page = render_template("program_page/question.html", program=program, question=question, form=form)
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/questions/<int:question_id>/retire")
def retire(slug: str, question_id: int) -> Response:
    """Take a question out of the form; what was answered stays."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        question = question_for(session, program, question_id)
        retire_question(session, question, actor=current_user)
    undo = url_for("program_page.restore", slug=slug, question_id=question_id)
    flash_with_undo(_("“%(label)s” is asked no more.", label=question.label), url=undo, fields={})
    return _back(slug)


@blueprint.post("/questions/<int:question_id>/restore")
def restore(slug: str, question_id: int) -> Response:
    """Put a question back where it stood."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        restore_question(session, program, question_id, actor=current_user)
    return _back(slug)


@blueprint.post("/questions/<int:question_id>/up")
def up(slug: str, question_id: int) -> Response:
    """Move a question one place up."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        raise_question(session, question_for(session, program, question_id), actor=current_user)
    return _back(slug)


def _back(slug: str) -> Response:
    return redirect(url_for("program_page.settings", slug=slug, _anchor="questions"), 303)
