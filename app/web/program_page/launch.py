"""Views that try, open and close a program's public page."""

from dataclasses import replace

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.program_pages import close_page, open_page, page_of, record_trial
from app.services.tokens import new_token
from app.web.apply.brand import brand_stylesheet
from app.web.apply.form import ApplyForm, filled, form_class
from app.web.apply.uploads import judge_uploads
from app.web.apply.views import PublicPage, check_with_files, load_page
from app.web.form_errors import show_problems
from app.web.program_page.blueprint import blueprint
from app.web.program_page.views import Answer


@blueprint.route("/trial", methods=["GET", "POST"])
def trial(slug: str) -> Answer:
    """Let somebody of the team fill in the form as it is; what they type is checked and not kept."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        page = page_of(session, program)
        brand_url = url_for("program_page.brand", slug=slug)
        public = load_page(session, page, program, brand_url=brand_url, is_trial=True)
        if request.method != "POST":
            return _draw(public, filled(public.questions, {}))
        form = form_class(public.questions)()
        tried, wrong_files = judge_uploads(public.questions)
        try:
            check_with_files(program, replace(form.submission(public.questions), tried_files=tried), wrong_files)
        except InvalidInput as error:
            show_problems(form, error)
            return _draw(public, form), 422
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        record_trial(session, program, actor=current_user)
    flash(_("The form works: everything you typed would have been accepted. Nothing of it was kept."), "success")
    return redirect(url_for("program_page.settings", slug=slug, _anchor="launch"), 303)


@blueprint.get("/brand.css")
def brand(slug: str) -> FlaskResponse:
    """Return the color of a page that may not be open yet."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        return brand_stylesheet(page_of(session, program).brand_color)


@blueprint.post("/open")
def open_up(slug: str) -> Response:
    """Let strangers apply, where the checklist is green."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        page = open_page(session, program, actor=current_user)
    flash(_("The page is open at /apply/%(slug)s.", slug=page.slug), "success")
    return redirect(url_for("program_page.settings", slug=slug, _anchor="launch"), 303)


@blueprint.post("/close")
def close(slug: str) -> Response:
    """Take no more applications."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        close_page(session, program, actor=current_user)
    flash(_("The page is closed. Applications that came in stay in the queue."), "success")
    return redirect(url_for("program_page.settings", slug=slug, _anchor="launch"), 303)


def _draw(public: PublicPage, form: ApplyForm) -> str:
    form.submit_key.data = new_token()
    form.terms_id.data = str(public.terms.id) if public.terms else ""
    return render_template("apply/page.html", public=public, form=form, target=request.path)
