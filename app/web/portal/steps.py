"""One step of the checklist: its page, doing it, its calendar file and its documents."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.models import ActionKind, OnboardingAction, Partnership, ProgramTerms
from app.queries.keeping_resources import ResourceRow, resources_for
from app.queries.onboarding_plan import Step
from app.services.document_store import ACCEPTED, MAX_DOCUMENT_BYTES
from app.services.errors import InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.onboarding.calls import ZONES, calendar_file, slot_words
from app.services.onboarding.documents import action_in, document_in
from app.services.onboarding.doing import MAX_FILES, Sent, do_action, why_not_now
from app.services.onboarding.events import Doer
from app.services.onboarding.opening import open_resource, resource_of
from app.services.onboarding.progress import locked_action
from app.services.program_pages import current_terms
from app.web.kept_files import calendar_answer, document_answer
from app.web.portal.blueprint import VISIT_LIMIT, WRONG_LINK_LIMIT, blueprint, was_wrong
from app.web.portal.screen import portal_screen
from app.web.portal.speaking import visitor
from app.web.resource_answers import version_answer
from app.whole_numbers import row_number

Answer = Response | str | tuple[str, int]


@blueprint.get("/<token>/steps/<int:action_id>")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def step(token: str, action_id: int) -> str:
    """Show a step with the form that does it."""
    return _page(token, action_id)


@blueprint.post("/<token>/steps/<int:action_id>")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def do_step(token: str, action_id: int) -> Answer:
    """Do a step."""
    seen = row_number(request.form.get("version", ""), -1)
    try:
        with transaction() as session:
            key = visitor(session, token)
            plan, action = locked_action(session, key.partnership, action_id, version=seen)
            wrong = do_action(session, plan, action, _sent(), Doer(person_id=key.person.id))
    except InvalidInput as error:
        return _page(token, action_id, problems=dict(error.fields)), 422
    if wrong:
        problems = {f"answer{place}": _("Not quite: read it again and try once more.") for place in wrong}
        return _page(token, action_id, problems=problems), 422
    flash(_said(action), "success")
    return redirect(url_for("portal.home", token=token), 303)


@blueprint.get("/<token>/steps/<int:action_id>/resource")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(VISIT_LIMIT)
def open_step_resource(token: str, action_id: int) -> Response:
    """Save the step's resource, or go to its link: that does the step. A look ahead (HEAD) does nothing."""
    with transaction() as session:
        key = visitor(session, token)
        plan, action = locked_action(session, key.partnership, action_id)
        if request.method != "GET":
            return version_answer(resource_of(session, key.partnership, action))
        return version_answer(open_resource(session, plan, action, Doer(person_id=key.person.id)))


@blueprint.get("/<token>/steps/<int:action_id>/call.ics")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def call(token: str, action_id: int) -> Response:
    """Save a booked call for one's calendar."""
    with reading() as session:
        key = visitor(session, token)
        action = action_in(session, key.partnership, action_id)
        title = f"{key.program.name}: {action.title}"
    return calendar_answer(calendar_file(action, title=title))


@blueprint.get("/<token>/documents/<int:document_id>")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def document(token: str, document_id: int) -> Response:
    """Save a document that was sent."""
    with reading() as session:
        found = document_in(session, visitor(session, token).partnership, document_id)
    return document_answer(found)


def _sent() -> Sent:
    names = sorted((name for name in request.form if name.startswith("answer")), key=lambda name: (len(name), name))
    return Sent(
        fields={name: value for name, value in request.form.items() if name not in names},
        answers=tuple(_by_place(names)),
        files=tuple((file.filename or "", _content(file)) for file in request.files.getlist("files") if file.filename),
        address=request.remote_addr or "",
    )


def _content(file: FileStorage) -> bytes:
    """Read a file and let go of the temporary one that held it."""
    with file.stream:
        return file.stream.read()


def _by_place(names: list[str]) -> list[str]:
    """Return the answers by the number in their names; one that was left out is empty."""
    places = {int(name[6:]): request.form[name] for name in names if name[6:].isdecimal() and len(name) < 9}
    return [places.get(place, "") for place in range(max(places, default=-1) + 1)][:100]


def _said(action: OnboardingAction) -> str:
    if action.needs_approval:
        return _("Thank you. We look at “%(title)s” and tick it off.", title=action.title)
    badge = action.answer.get("badge", "") if action.kind is ActionKind.TRAINING else ""
    return _("All right: you earned “%(badge)s”.", badge=badge) if badge else _("Done: %(title)s", title=action.title)


def _page(token: str, action_id: int, *, problems: dict[str, str] | None = None) -> str:
    with reading() as session:
        screen = portal_screen(session, token)
        found = next((each for each in screen.steps if each.id == action_id), None)
        if found is None:
            raise NotFound(_("There is no such step in your checklist."))
        action = action_in(session, screen.partnership, action_id)
        why_not = why_not_now(session, action)
        terms = _terms(session, found, screen.program.id)
        resource = _resource(session, screen.partnership, found)
    return render_template(
        "portal/step.html",
        screen=screen,
        step=found,
        why_not=why_not,
        terms=terms,
        resource=resource,
        slot=slot_words(action),
        zones=ZONES,
        accepted=_(ACCEPTED),
        max_mb=MAX_DOCUMENT_BYTES // 1024 // 1024,
        max_files=MAX_FILES,
        problems=problems or {},
        typed=request.form if problems else {},
    )


def _terms(session: Session, found: Step, program_id: int) -> ProgramTerms | None:
    return current_terms(session, program_id) if found.kind is ActionKind.ACCEPT_TERMS else None


def _resource(session: Session, partnership: Partnership, found: Step) -> ResourceRow | None:
    """Return the resource of the library that a step points at, where this partner may see it now."""
    if "resource_id" not in found.settings:
        return None
    shown = resources_for(session, partnership)
    return next((row for row in shown if row.id == found.settings["resource_id"]), None)
