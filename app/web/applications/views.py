"""Views of the review queue: the list, one application, and the three things a reviewer does."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import mark
from app.models import Application, User
from app.queries.application_before import EarlierApplication, earlier_application
from app.queries.application_detail import ApplicationDetail, application_detail
from app.queries.applications import QueueOrder, QueueTab, is_open, neighbors_of, queue_page, tab_counts
from app.queries.second_opinions import OpinionRow, colleagues_for, opinions_of
from app.queries.site_quotes import site_quotes
from app.queries.tiers import known_tiers
from app.services.access import Permission, program_for
from app.services.application_files import file_of
from app.services.application_risks import flags_of, worst
from app.services.decisions import reason_labels
from app.services.decline_quotes import terms_quotes
from app.services.document_store import content_of
from app.services.errors import Conflict, InvalidInput
from app.services.reason_words import reasons_for_applicant
from app.services.reviewing import application_for, approve_application, ask_applicant, decline_application
from app.web.applications.blueprint import blueprint
from app.web.applications.forms import ApproveForm, AskForm, AskOpinionForm, DeclineForm, OpinionForm, ReviewForm
from app.web.applications.reasons import offer_reasons
from app.web.form_errors import show_problems
from app.web.list_start import start_of_list

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A form of the page that was refused, to be shown as it was typed; `act` names the decision it was for."""

    act: str = ""
    decision: ReviewForm | None = None
    conflict: str = ""
    ask_opinion: AskOpinionForm | None = None
    opinion: OpinionForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewScreen:
    """One application beside the forms; `act` names the one that was refused."""

    detail: ApplicationDetail
    forms: dict[str, ReviewForm]
    earlier: EarlierApplication | None
    opinions: tuple[OpinionRow, ...]
    ask_opinion: AskOpinionForm
    opinion: OpinionForm
    act: str = ""
    conflict: str = ""
    # Why an earlier application was declined, as reviewers read it.
    earlier_reasons: tuple[str, ...] = ()


@blueprint.get("")
def index(slug: str) -> str:
    """Show a tab of the queue."""
    tab, order = _tab(), _order()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        first = start_of_list()
        page = queue_page(session, program.id, tab, order=order, start=first)
        flags = flags_of(session, [row.id for row in page.rows])
        counts = tab_counts(session, program.id)
    return render_template(
        "applications/index.html",
        program=program,
        page=page,
        flags=flags,
        worst=worst,
        counts=counts,
        tab=tab,
        tabs=list(QueueTab),
        order=order,
    )


@blueprint.get("/<int:application_id>")
def show(slug: str, application_id: int) -> str:
    """Show an application with its evidence and the forms that answer it."""
    return draw(slug, application_id, Tried())


@blueprint.get("/<int:application_id>/files/<int:file_id>")
def file(slug: str, application_id: int, file_id: int) -> Response:
    """Hand out a file that the applicant sent: always to be saved, never shown."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        kept = file_of(session, application_for(session, program, application_id), file_id)
    content = BytesIO(content_of(kept.stored_name))
    return send_file(
        content, mimetype="application/octet-stream", as_attachment=True, download_name=kept.name, max_age=0
    )


@blueprint.post("/<int:application_id>/approve")
def approve(slug: str, application_id: int) -> Answer:
    """Accept the company."""
    return _decide(slug, application_id, ApproveForm(), approve_application)


@blueprint.post("/<int:application_id>/decline")
def decline(slug: str, application_id: int) -> Answer:
    """Say no, with reasons."""
    return _decide(slug, application_id, DeclineForm(), decline_application)


@blueprint.post("/<int:application_id>/ask")
def ask(slug: str, application_id: int) -> Answer:
    """Ask the applicant something."""
    return _decide(slug, application_id, AskForm(), ask_applicant)


_SAID = {
    "approve": mark("Approved, and the applicant is told."),
    "decline": mark("Declined with reasons; the applicant is told."),
    "ask": mark("Your question is on its way. The clock stands still until they answer."),
}


def _decide(slug: str, application_id: int, form: ReviewForm, act: Callable[..., None]) -> Answer:
    name = (request.endpoint or "").rpartition(".")[2]
    try:
        with transaction() as session:
            application = _application(session, slug, application_id, current_user)
            if not form.validate():
                raise InvalidInput({})
            act(session, application, form.review(), version=form.version.data or 0, reviewer=current_user)
            following = neighbors_of(session, application.program_id, application.id, order=_order())[1]
    except InvalidInput as error:
        show_problems(form, error)
        return draw(slug, application_id, Tried(act=name, decision=form)), 422
    except Conflict as error:
        return draw(slug, application_id, Tried(act=name, decision=form, conflict=str(error))), 409
    flash(f"{application.company_name}: {_(_SAID[name])}", "success")
    if following is None:
        return redirect(url_for("applications.index", slug=slug), 303)
    return redirect(url_for("applications.show", slug=slug, application_id=following, order=_order().value), 303)


def _application(session: Session, slug: str, application_id: int, user: User) -> Application:
    program = program_for(session, user, slug, Permission.DECIDE)
    return application_for(session, program, application_id, lock=True)


def draw(slug: str, application_id: int, tried: Tried) -> str:
    """Draw an application, with the form that was refused in its place."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        application = application_for(session, program, application_id)
        detail = application_detail(session, application)
        flags = flags_of(session, [application.id])[application.id]
        previous, following = neighbors_of(session, program.id, application.id, order=_order())
        earlier = earlier_application(session, application)
        opinions = opinions_of(session, application.id)
        colleagues = colleagues_for(session, program.id)
        said = reason_labels(session, program.id, earlier.reason_codes) if earlier else []
        told = reasons_for_applicant(session, program.id, application.reason_codes)
        quotes = site_quotes(session, application) if is_open(application.state) else ()
        sentences = terms_quotes(session, application) if is_open(application.state) else ()
        forms = _forms(tried)
        offer_reasons(session, program.id, forms)
        forms["approve"].offer_tiers(known_tiers(session, program.id))
    ask_opinion = tried.ask_opinion or AskOpinionForm(formdata=None)
    ask_opinion.offer(colleagues, but=current_user.id)
    screen = ReviewScreen(
        detail=detail,
        forms=forms,
        earlier=earlier,
        opinions=opinions,
        ask_opinion=ask_opinion,
        opinion=tried.opinion or OpinionForm(formdata=None),
        act=tried.act,
        conflict=tried.conflict,
        earlier_reasons=tuple(said),
    )
    return render_template(
        "applications/show.html",
        program=program,
        screen=screen,
        flags=flags,
        is_open=is_open(application.state),
        reasons=told,
        quotes=quotes,
        sentences=sentences,
        previous=previous,
        following=following,
        order=_order(),
    )


def _forms(tried: Tried) -> dict[str, ReviewForm]:
    fresh = {"approve": ApproveForm, "decline": DeclineForm, "ask": AskForm}
    found: dict[str, ReviewForm] = {name: form(formdata=None) for name, form in fresh.items()}
    return found | ({tried.act: tried.decision} if tried.decision else {})


def _tab() -> QueueTab:
    wanted = request.args.get("tab", "")
    return QueueTab(wanted) if wanted in list(QueueTab) else QueueTab.TO_REVIEW


def _order() -> QueueOrder:
    wanted = request.args.get("order", "")
    return QueueOrder(wanted) if wanted in list(QueueOrder) else QueueOrder.FIT
