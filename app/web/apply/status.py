"""The status page behind a mailed link: looking changes nothing, each button does one thing."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from app.clock import now
from app.db import reading, transaction
from app.extensions import limiter
from app.models import Application, ApplicationState, Program, ProgramPage, QuestionKind
from app.queries.application_detail import NamedReference, answers_of, given_by_question, references_of
from app.queries.application_site import SiteReading, site_reading
from app.services.applicant_fields import MAX_REFERENCES
from app.services.application_answers import field_of
from app.services.application_links import application_behind
from app.services.application_status import (
    MAX_REPLY,
    amend_application,
    answer_question,
    confirm_application,
    may_change,
    withdraw_application,
)
from app.services.errors import InvalidInput, NotFound
from app.services.languages import current_language, mark
from app.services.program_pages import page_of
from app.services.reason_words import ReasonWords, reasons_for_applicant
from app.web.apply.again import is_soon, person_values, reference_values
from app.web.apply.blueprint import blueprint
from app.web.apply.form import ApplyForm, PublicForm, filled, form_class, kept_field_of
from app.web.apply.guards import LINK_LIMIT
from app.web.apply.speaking import prefer
from app.web.apply.uploads import keep_uploads
from app.web.apply.views import PublicPage, load_page
from app.web.form_errors import show_problems

Answer = Response | str | tuple[str, int]


class ReplyForm(PublicForm):
    """The answer to a reviewer's question."""

    reply = TextAreaField(mark("Your answer"), render_kw={"maxlength": MAX_REPLY, "rows": 6})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusScreen:
    """What the status page shows; `reasons` only after a decline."""

    application: Application
    program: Program
    page: ProgramPage
    site: SiteReading
    answers: tuple[tuple[str, str], ...]
    references: tuple[NamedReference, ...]
    reasons: tuple[ReasonWords, ...]

    @property
    def is_soon(self) -> bool:
        """Say whether the day from which they are welcome again is still to come."""
        return is_soon(self.application)

    @property
    def is_late(self) -> bool:
        """Say whether the day by which we promised an answer has gone by."""
        due_at = self.application.due_at
        return due_at is not None and now().date() > due_at.date()

    @property
    def may_add_reference(self) -> bool:
        """Say whether one more person can be named."""
        return len(self.references) < MAX_REFERENCES


@blueprint.get("/application/<token>")
@limiter.limit(LINK_LIMIT)
def status(token: str) -> Answer:
    """Show where an application stands."""
    return show_status(token)


@blueprint.post("/application/<token>/confirm")
@limiter.limit(LINK_LIMIT)
def confirm(token: str) -> Answer:
    """Confirm the address; mail programs open links by themselves, so only the button does."""
    return _act(token, confirm_application)


@blueprint.post("/application/<token>/withdraw")
@limiter.limit(LINK_LIMIT)
def withdraw(token: str) -> Answer:
    """Take the application back."""
    return _act(token, withdraw_application)


@blueprint.post("/application/<token>/answer")
@limiter.limit(LINK_LIMIT)
def answer(token: str) -> Answer:
    """Answer the reviewer's question."""
    form = ReplyForm()
    try:
        return _act(token, lambda session, application: answer_question(session, application, form.reply.data or ""))
    except InvalidInput as error:
        show_problems(form, error)
        return show_status(token, reply=form, code=422)


@blueprint.route("/application/<token>/amend", methods=["GET", "POST"])
@limiter.limit(LINK_LIMIT)
def amend(token: str) -> Answer:
    """Change what was sent, on a form of its own."""
    try:
        with reading() as session:
            application = application_behind(session, token)
            prefer(application.language)
            if request.method != "POST" and not may_change(application):
                return redirect(url_for("apply.status", token=token), 303)
            public = _public(session, application)
            form = form_class(public.questions)() if request.method == "POST" else _filled(session, application, public)
    except NotFound as error:
        return _gone(error)
    if request.method != "POST":
        return render_template("apply/amend.html", public=public, form=form, application=application, token=token)
    wrong_files = keep_uploads(public.program, public.questions, form)
    try:
        if wrong_files:
            raise InvalidInput(wrong_files)
        return _act(token, lambda session, found: amend_application(session, found, form.submission(public.questions)))
    except InvalidInput as error:
        show_problems(form, error)
        page = render_template("apply/amend.html", public=public, form=form, application=application, token=token)
        return page, 422


def _act(token: str, change: Callable[[Session, Application], object]) -> Answer:
    try:
        with transaction() as session:
            application = application_behind(session, token, lock=True)
            prefer(application.language)
            application.language = current_language()
            change(session, application)
    except NotFound as error:
        return _gone(error)
    return redirect(url_for("apply.status", token=token), 303)


def show_status(
    token: str, *, reply: ReplyForm | None = None, add_form: PublicForm | None = None, code: int = 200
) -> Answer:
    """Draw the status page, with a form that was refused in its place."""
    try:
        with reading() as session:
            application = application_behind(session, token)
            prefer(application.language)
            screen = _screen(session, application)
            brand_url = url_for("apply.brand", page_slug=screen.page.slug) if screen.page.is_open else ""
    except NotFound as error:
        return _gone(error)
    form = reply or ReplyForm(formdata=None)
    page = render_template(
        "apply/status.html", screen=screen, token=token, form=form, add_form=add_form, brand_url=brand_url
    )
    return page, code


def _screen(session: Session, application: Application) -> StatusScreen:
    program = session.get_one(Program, application.program_id)
    answers = [(given.label, given.value) for given in answers_of(session, application.id)]
    is_declined = application.state is ApplicationState.DECLINED
    return StatusScreen(
        application=application,
        program=program,
        page=page_of(session, program),
        site=site_reading(session, application),
        answers=tuple(answers),
        references=references_of(session, application),
        reasons=reasons_for_applicant(session, application.program_id, application.reason_codes) if is_declined else (),
    )


def _public(session: Session, application: Application) -> PublicPage:
    program = session.get_one(Program, application.program_id)
    page = page_of(session, program)
    brand_url = url_for("apply.brand", page_slug=page.slug) if page.is_open else ""
    return load_page(session, page, program, brand_url=brand_url)


def _filled(session: Session, application: Application, public: PublicPage) -> ApplyForm:
    given = given_by_question(session, application.id)
    values = person_values(application) | reference_values(session, application)
    values |= {field_of(question): given.get(question.id, "") for question in public.questions}
    kept = [question for question in public.questions if question.kind is QuestionKind.FILE and question.id in given]
    values |= {kept_field_of(question): f" {given[question.id]}" for question in kept}
    return filled(public.questions, values)


def _gone(error: NotFound) -> Answer:
    return render_template("apply/gone.html", why=str(error)), 410
