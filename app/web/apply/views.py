"""The public page of a program: the offer, and the form below it. It works without scripts and without a login."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.models import FormQuestion, Program, ProgramPage, ProgramTerms, QuestionKind
from app.models.tier import Tier
from app.queries.apply_prefill import prefill_of
from app.queries.tier_standing import is_described
from app.queries.tiers import tiers_of
from app.services.application_drafts import draft_behind, drop_draft, save_draft
from app.services.apply_links import MAX_VIA, enrollment_behind
from app.services.applying import Submission, check_submission, open_page_at, submit
from app.services.errors import InvalidInput, NotFound
from app.services.form_questions import questions_of
from app.services.languages import gettext as _
from app.services.languages import mark
from app.services.program_pages import current_terms
from app.services.reason_words import ReasonWords
from app.services.site_check import SiteCheck
from app.services.tiers.words import entry_words
from app.services.tokens import new_token
from app.web.apply.blueprint import blueprint
from app.web.apply.brand import brand_stylesheet
from app.web.apply.form import ApplyForm, filled, form_class
from app.web.apply.guards import (
    ADDRESS_LIMIT,
    LINK_LIMIT,
    MAILBOX_LIMIT,
    is_ours,
    is_too_quick,
    mailbox_key,
    new_start,
    was_taken,
)
from app.web.apply.site_check import checked, is_check
from app.web.apply.uploads import joined, keep_uploads
from app.web.form_errors import show_problems

Answer = Response | str | tuple[str, int]
_TOO_QUICK = mark("That was very quick, so we make sure you are a person: look over the form and send it once more.")
_STALE = mark("This form was open for very long. Nothing is lost: send it once more.")


@dataclass(frozen=True, slots=True)
class Before:
    """What the form says of the application it is filled in from; `reasons` and `evidence` only after a decline."""

    sent_at: datetime
    reasons: tuple[ReasonWords, ...]
    message: str
    evidence: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    """What the template draws beside the form."""

    page: ProgramPage
    program: Program
    terms: ProgramTerms | None
    questions: list[FormQuestion]
    brand_url: str
    is_trial: bool = False
    # The language of a frame, which keeps no cookie and so carries it in every address; "" outside frames.
    framed_in: str = ""
    # What the form is filled in from, where somebody applies again (app.web.apply.again).
    before: Before | None = None
    # Each tier of which something was said, with how one gets in.
    tiers: tuple[tuple[Tier, str], ...] = ()

    @property
    def has_files(self) -> bool:
        """Say whether the form asks for a file, which needs another way of sending."""
        return any(question.kind is QuestionKind.FILE for question in self.questions)


def load_page(session: Session, page: ProgramPage, program: Program, *, brand_url: str, **more: Any) -> PublicPage:
    """Read what a program's page shows."""
    return PublicPage(
        page=page,
        program=program,
        terms=current_terms(session, program.id),
        questions=questions_of(session, program.id),
        brand_url=brand_url,
        tiers=tuple(
            (each, entry_words(each, is_first=place == 0))
            for place, each in enumerate(tiers_of(session, program.id))
            if is_described(each)
        ),
        **more,
    )


@blueprint.get("/apply/<page_slug>")
def page(page_slug: str) -> str:
    """Show the offer and an empty form; one opened from our mail knows the company already."""
    with reading() as session:
        public = _open(session, page_slug)
        via = request.args.get("via", "")[:MAX_VIA]
        enrollment = enrollment_behind(session, via, program_id=public.program.id) if via else None
        known = prefill_of(session, enrollment) if enrollment else {}
    form = filled(public.questions, {**known, "via": via if enrollment else ""})
    return draw(public, form)


@blueprint.post("/apply/<page_slug>")
@limiter.limit(ADDRESS_LIMIT)
@limiter.limit(MAILBOX_LIMIT, key_func=mailbox_key, deduct_when=was_taken)
def send(page_slug: str) -> Answer:
    """Take the form, or keep it as a draft; whatever we know of the company, the answer is the same."""
    with reading() as session:
        public = _open(session, page_slug)
    form = form_class(public.questions)()
    if form.homepage.data:
        return see_sent(public)
    if not form.validate():
        form.form_errors.append(_(_STALE))
        return draw(public, form), 422
    if is_check():
        return show_check(public, form)
    if request.form.get("action") == "draft":
        return keep_draft(public, form)
    return take(public, form)


@blueprint.get("/apply/<page_slug>/sent")
def sent(page_slug: str) -> str:
    """Say that a mail is on its way."""
    with reading() as session:
        public = _open(session, page_slug)
    return say_sent(public)


@blueprint.get("/apply/<page_slug>/brand.css")
def brand(page_slug: str) -> FlaskResponse:
    """Return the program's color as a stylesheet."""
    with reading() as session:
        found, _program = open_page_at(session, page_slug)
    return brand_stylesheet(found.brand_color)


@blueprint.get("/application/draft/<token>")
@limiter.limit(LINK_LIMIT)
def resume(token: str) -> Answer:
    """Go on with a form that was left half-way."""
    try:
        with reading() as session:
            draft, found, program = draft_behind(session, token)
            public = load_page(session, found, program, brand_url=url_for("apply.brand", page_slug=found.slug))
    except NotFound as error:
        return render_template("apply/gone.html", why=str(error)), 410
    return draw(public, filled(public.questions, {**draft.fields, "draft": token}))


def draw(public: PublicPage, form: ApplyForm, check: SiteCheck | None = None) -> str:
    """Draw the page with a form, which gets a start and a key of its own where it has none."""
    start = form.started.data or ""
    form.started.data = start if is_ours(start) else new_start()
    form.submit_key.data = form.submit_key.data or new_token()
    form.terms_id.data = str(public.terms.id) if public.terms else ""
    target = request.path if public.is_trial else address_of(public, "send")
    return render_template("apply/page.html", public=public, form=form, target=target, check=check)


def show_check(public: PublicPage, form: ApplyForm) -> str:
    """Say what stops us from reading the typed site, in the form as it was typed; nothing is kept.

    A script asks for the answer alone.
    """
    check = checked(form.website.data or "", start=form.started.data or "")
    if "answer_alone" in request.form:
        return render_template("apply/_site_check.html", check=check)
    if public.terms is None or form.terms_id.data != str(public.terms.id):
        form.accepts_terms.data = False  # another version is accepted by a hand, as everywhere
    return draw(public, form, check)


def _open(session: Session, slug: str) -> PublicPage:
    found, program = open_page_at(session, slug)
    return load_page(session, found, program, brand_url=url_for("apply.brand", page_slug=found.slug))


def take(public: PublicPage, form: ApplyForm) -> Answer:
    """Check a form and keep it, or draw it again with what is wrong."""
    wrong_files = keep_uploads(public.program, public.questions, form)
    submission = form.submission(public.questions)
    try:
        check_with_files(public.program, submission, wrong_files)
        if is_too_quick(form.started.data or ""):
            form.form_errors.append(_(_TOO_QUICK))
            return draw(public, form), 422
        with transaction() as session:
            _page, program = open_page_at(session, public.page.slug)
            submit(session, program, submission)
            if form.draft.data:
                drop_draft(session, program.id, form.draft.data)
    except InvalidInput as error:
        show_problems(form, error)
        if "accepts_terms" in error.fields:
            form.accepts_terms.data = False  # another version is accepted by a hand, never by what was ticked before
        return draw(public, form), 422
    return see_sent(public)


def check_with_files(program: Program, submission: Submission, wrong_files: dict[str, str]) -> None:
    """Check a form whose files were looked at already. Raises InvalidInput with what is wrong with each field."""
    refused: InvalidInput | None = None
    try:
        with reading() as session:
            check_submission(session, program, submission)
    except InvalidInput as error:
        refused = error
    if refused or wrong_files:
        raise joined(wrong_files, refused)


def keep_draft(public: PublicPage, form: ApplyForm) -> Answer:
    """Keep a form for later, or draw it again where there is no address to mail to."""
    try:
        with transaction() as session:
            save_draft(session, public.program, form.draft_fields(), email=form.email.data or "")
    except InvalidInput as error:
        show_problems(form, error)
        return draw(public, form), 422
    return redirect(address_of(public, "sent", kept="draft"), 303)


def see_sent(public: PublicPage) -> Response:
    """Lead to the page that says that a mail is on its way."""
    return redirect(address_of(public, "sent"), 303)


def say_sent(public: PublicPage) -> str:
    """Say that a mail is on its way."""
    is_draft = request.args.get("kept") == "draft"
    return render_template("apply/sent.html", public=public, is_draft=is_draft, again_url=address_of(public, "page"))


_FRAMED = {"page": "apply.embedded", "send": "apply.send_embedded", "sent": "apply.sent_embedded"}


def address_of(public: PublicPage, what: str, **more: Any) -> str:
    """Return the address of a part of a program's page, "page", "send" or "sent"; in a frame, the frame's own."""
    slug = public.page.slug
    if public.framed_in:
        return url_for(_FRAMED[what], page_slug=slug, lang=public.framed_in, **more)
    return url_for(f"apply.{what}", page_slug=slug, **more)
