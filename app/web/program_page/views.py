"""Views of what a program's public page says, and of its terms."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import ProgramType
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.form_questions import questions_of
from app.services.program_logos import MAX_LOGO_BYTES
from app.services.program_pages import current_terms, launch_checklist, page_of, publish_terms, save_page
from app.services.programs import ProgramDetails, change_program
from app.services.readability import readability
from app.web.form_errors import show_problems
from app.web.login import settings_of_app
from app.web.program_page.blueprint import blueprint
from app.web.program_page.forms import PageForm, QuestionForm, TermsForm

Answer = Response | str | tuple[str, int]
# Shown as text, to be copied into somebody's page.
_SNIPPET = Markup('&lt;iframe src="{}" title="{}" width="100%" height="1100" loading="lazy"&gt;&lt;/iframe&gt;')


@blueprint.get("")
def settings(slug: str) -> str:
    """Show the page's settings, its terms, its questions and what is missing before it opens."""
    return show(slug)


@blueprint.post("")
def save(slug: str) -> Answer:
    """Change what the page says."""
    form = PageForm()
    with reading() as session:
        program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
    if not form.validate():
        return show(slug, page_form=form), 422
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
            save_page(session, program, form.content(), actor=current_user)
            details = ProgramDetails(
                name=program.name,
                type=ProgramType(form.type.data),
                description=program.description,
                offer=program.offer,
            )
            change_program(session, program, details, actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return show(slug, page_form=form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("program_page.settings", slug=slug), 303)


@blueprint.post("/terms")
def terms(slug: str) -> Answer:
    """Put a new version of the terms in force."""
    form = TermsForm()
    with reading() as session:
        program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
    if not form.validate():
        return show(slug, terms_form=form), 422
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
            base = form.base_version.data or 0
            published = publish_terms(session, program, form.text.data or "", base_version=base, actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return show(slug, terms_form=form), 422
    is_new = published.version > base
    flash(
        _("Version %(version)s of the terms is in force.", version=published.version)
        if is_new
        else _("Nothing was changed."),
        "success",
    )
    return redirect(url_for("program_page.settings", slug=slug, _anchor="terms"), 303)


def show(
    slug: str,
    *,
    page_form: PageForm | None = None,
    terms_form: TermsForm | None = None,
    question_form: QuestionForm | None = None,
    question_id: int = 0,
    logo_error: str = "",
) -> str:
    """Draw the settings, with the form that was refused in its place."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        page = page_of(session, program)
        in_force = current_terms(session, program.id)
        questions = questions_of(session, program.id)
        checklist = launch_checklist(session, program, page)
    page_form = page_form or PageForm(formdata=None, obj=page, type=program.type.value)
    terms_form = terms_form or TermsForm(
        formdata=None, text=in_force.text if in_force else "", base_version=in_force.version if in_force else 0
    )
    question_form = question_form or QuestionForm(formdata=None)
    if question_form.shown_when_id.choices is None:
        question_form.offer_parents(questions)
    return render_template(
        "program_page/settings.html",
        program=program,
        page=page,
        terms=in_force,
        terms_figure=readability(terms_form.text.data or ""),
        questions=questions,
        checklist=checklist,
        page_form=page_form,
        terms_form=terms_form,
        question_form=question_form,
        question_id=question_id,
        logo_error=logo_error,
        logo_mb=MAX_LOGO_BYTES // 1024 // 1024,
        public_address=f"{settings_of_app().public_url}/apply/{page.slug}",
        embed_snippet=_SNIPPET.format(f"{settings_of_app().public_url}/embed/{page.slug}", page.headline),
    )
