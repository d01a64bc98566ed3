"""What references see: a short form behind a mailed link; and naming one more of them on the status page."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import EmailField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from app.db import reading, transaction
from app.extensions import limiter
from app.services.applicant_fields import MAX_EMAIL, MAX_PERSON
from app.services.application_links import application_behind
from app.services.errors import InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.languages import mark
from app.services.references import (
    AGAIN,
    MAX_KNOWN_HOW,
    MAX_WORDS,
    RATHER_NOT,
    AskedReference,
    ReferenceAnswer,
    add_reference,
    answer_reference,
    reference_behind,
)
from app.web.apply.blueprint import blueprint
from app.web.apply.form import PublicForm
from app.web.apply.guards import ADDRESS_LIMIT, LINK_LIMIT
from app.web.apply.speaking import prefer
from app.web.apply.status import show_status
from app.web.form_errors import show_problems

Answer = Response | str | tuple[str, int]


class ReferenceForm(PublicForm):
    """What a reference is asked."""

    known_how = StringField(mark("How do you know them?"), render_kw={"maxlength": MAX_KNOWN_HOW})
    again = RadioField(
        mark("Would you work with them again?"), choices=[SelectChoice(*pair) for pair in AGAIN.items()],
        validate_choice=False,
    )  # fmt: skip
    words = TextAreaField(mark("What should we know?"), render_kw={"maxlength": MAX_WORDS, "rows": 5})

    def offer(self) -> None:
        """Say the choices in the language in force."""
        self.again.choices = [SelectChoice(value, _(words)) for value, words in AGAIN.items()]


class AddReferenceForm(PublicForm):
    """One more reference."""

    name = StringField(mark("Name"), render_kw={"maxlength": MAX_PERSON, "autocomplete": "off"})
    email = EmailField(mark("E-mail"), render_kw={"maxlength": MAX_EMAIL, "autocomplete": "off"})


@blueprint.get("/reference/<token>")
@limiter.limit(LINK_LIMIT)
def reference(token: str) -> Answer:
    """Show the short form, or the thanks for having filled it in."""
    return _show(token, None)


@blueprint.post("/reference/<token>")
@limiter.limit(LINK_LIMIT)
def answer_as_reference(token: str) -> Answer:
    """Keep what a reference says, or that they would rather not."""
    form = ReferenceForm()
    again = RATHER_NOT if request.form.get("action") == RATHER_NOT else form.again.data or ""
    given = ReferenceAnswer(known_how=form.known_how.data or "", again=again, words=form.words.data or "")
    try:
        with transaction() as session:
            asked = reference_behind(session, token, lock=True)
            prefer(asked.application.language)
            answer_reference(session, asked, given)
    except NotFound as error:
        return _gone(error)
    except InvalidInput as error:
        show_problems(form, error)
        return _show(token, form)
    return redirect(url_for("apply.reference", token=token), 303)


@blueprint.post("/application/<token>/references")
@limiter.limit(ADDRESS_LIMIT)
def name_reference(token: str) -> Answer:
    """Add a reference to an application that waits."""
    form = AddReferenceForm()
    try:
        with transaction() as session:
            application = application_behind(session, token, lock=True)
            prefer(application.language)
            add_reference(session, application, name=form.name.data or "", email=form.email.data or "")
    except NotFound as error:
        return _gone(error)
    except InvalidInput as error:
        show_problems(form, error)
        return show_status(token, add_form=form, code=422)
    return redirect(url_for("apply.status", token=token, _anchor="references"), 303)


def _show(token: str, form: ReferenceForm | None) -> Answer:
    try:
        with reading() as session:
            asked: AskedReference = reference_behind(session, token)
            prefer(asked.application.language)
    except NotFound as error:
        return _gone(error)
    drawn = form or ReferenceForm(formdata=None)
    drawn.offer()
    page = render_template("apply/reference.html", asked=asked, form=drawn, token=token)
    return (page, 422) if form else page


def _gone(error: NotFound) -> Answer:
    return render_template("apply/gone.html", why=str(error)), 410
