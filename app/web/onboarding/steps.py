"""What our own people do with one step of a partner's plan, and the files that came with it."""

from collections.abc import Callable

from flask import flash, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext, mark
from app.models import OnboardingAction, OnboardingPlan
from app.queries.partner import partner_header
from app.services.access import Permission
from app.services.errors import InvalidInput
from app.services.onboarding import approving
from app.services.onboarding.calls import calendar_file
from app.services.onboarding.documents import action_in, document_in
from app.services.onboarding.progress import locked_action
from app.web.kept_files import calendar_answer, document_answer
from app.web.onboarding.blueprint import blueprint
from app.web.onboarding.partner import Answer, Refused, back, partner_page, partnership_for
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

_STEP = "/partners/<int:partnership_id>/steps/<int:action_id>"


@blueprint.post(f"{_STEP}/approve")
def approve(slug: str, partnership_id: int, action_id: int) -> Answer:
    """Tick off what the partner sent."""
    return _act(slug, partnership_id, action_id, approving.approve_action, mark("Approved"))


@blueprint.post(f"{_STEP}/send-back")
def send_back(slug: str, partnership_id: int, action_id: int) -> Answer:
    """Ask the partner for more."""
    return _act(
        slug, partnership_id, action_id, _noting(approving.send_back), mark("Sent back, and the partner is told")
    )


@blueprint.post(f"{_STEP}/done")
def complete(slug: str, partnership_id: int, action_id: int) -> Answer:
    """Mark a step as done."""
    return _act(slug, partnership_id, action_id, _noting(approving.complete_action), mark("Done"))


@blueprint.post(f"{_STEP}/skip")
def skip(slug: str, partnership_id: int, action_id: int) -> Answer:
    """Leave a step out."""
    return _act(slug, partnership_id, action_id, _noting(approving.skip_action), mark("Left out"))


@blueprint.post(f"{_STEP}/reopen")
def reopen(slug: str, partnership_id: int, action_id: int) -> Answer:
    """Take back that a step is over."""
    return _act(slug, partnership_id, action_id, approving.reopen_action, mark("Open again"))


@blueprint.post(f"{_STEP}/code")
def code(slug: str, partnership_id: int, action_id: int) -> Answer:
    """Put the partner's link or code in."""

    def give(session: Session, plan: OnboardingPlan, action: OnboardingAction, **more: object) -> None:
        given, known_as = request.form.get("code", ""), request.form.get("external_id", "")
        approving.give_code(session, plan, action, code=given, external_id=known_as, user=current_user)

    return _act(slug, partnership_id, action_id, give, mark("The partner has it by mail"))


@blueprint.get(f"{_STEP}/call.ics")
def call(slug: str, partnership_id: int, action_id: int) -> Response:
    """Save a booked call for one's calendar."""
    with reading() as session:
        _, partnership = partnership_for(session, slug, partnership_id, Permission.READ)
        action = action_in(session, partnership, action_id)
        title = f"{partner_header(session, partnership.id).company}: {action.title}"
    return calendar_answer(calendar_file(action, title=title))


@blueprint.get("/partners/<int:partnership_id>/documents/<int:document_id>")
def document(slug: str, partnership_id: int, document_id: int) -> Response:
    """Save a document that the partner sent."""
    with reading() as session:
        _, partnership = partnership_for(session, slug, partnership_id, Permission.READ)
        found = document_in(session, partnership, document_id)
    return document_answer(found)


_Change = Callable[..., None]


def _noting(change: _Change) -> _Change:
    def noted(session: Session, plan: OnboardingPlan, action: OnboardingAction, **more: object) -> None:
        change(session, plan, action, note=request.form.get("note", ""), **more)

    return noted


def _act(slug: str, partnership_id: int, action_id: int, change: _Change, said: str) -> Answer:
    seen = row_number(request.form.get("version", ""))
    try:
        with transaction() as session:
            _, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
            plan, action = locked_action(session, partnership, action_id, version=seen)
            change(session, plan, action, user=current_user)
    except InvalidInput as error:
        return partner_page(slug, partnership_id, Refused(str(action_id), dict(error.fields))), 422
    _tell(slug, partnership_id, action, said)
    return back(slug, partnership_id, f"step-{action_id}")


def _tell(slug: str, partnership_id: int, action: OnboardingAction, said: str) -> None:
    text = f"{gettext(said)}: {action.title}"
    if action.done_at is None:
        flash(text, "success")
        return
    undo = url_for("onboarding.reopen", slug=slug, partnership_id=partnership_id, action_id=action.id)
    flash_with_undo(text, url=undo, fields={"version": str(action.version)})
