"""Business reviews: planned on the partner's page, prepared and finished on a page of their own, printed."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.clock import today
from app.db import reading, transaction
from app.languages import gettext as _
from app.models import BusinessReview, Partnership, ReviewState, User
from app.models.stage import PARTNER_STAGES
from app.queries.keeping_agenda import agenda_of
from app.queries.partner import partner_header
from app.services.access import Permission
from app.services.errors import InvalidInput
from app.services.keeping import reviews as service
from app.web.filters import day
from app.web.keeping.blueprint import blueprint
from app.web.keeping.goals import back, partner_page
from app.web.onboarding.partner import Answer, Refused, partnership_for
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

_REVIEWS = "/<int:partnership_id>/reviews"
_REVIEW = f"{_REVIEWS}/<int:review_id>"
_WORK = Permission.WORK_PROSPECTS


@blueprint.post(_REVIEWS)
def plan_review(slug: str, partnership_id: int) -> Answer:
    """Plan the next review."""
    rhythm, held_on = request.form.get("rhythm", ""), request.form.get("held_on", "")
    try:
        with transaction() as session:
            _unused, partnership = partnership_for(session, slug, partnership_id, _WORK)
            review = service.plan_review(session, partnership, rhythm=rhythm, held_on=held_on, actor=current_user)
    except InvalidInput as error:
        return partner_page(slug, partnership_id, Refused("review", dict(error.fields))), 422
    flash(_("Planned. Its agenda fills itself from what happens until then."), "success")
    return _to_review(slug, partnership_id, review.id)


@blueprint.get(_REVIEW)
def review(slug: str, partnership_id: int, review_id: int) -> str:
    """Show a review: the agenda as it is now, or as it was when it was finished."""
    return _page(slug, partnership_id, review_id)


@blueprint.get(f"{_REVIEW}/print")
def print_review(slug: str, partnership_id: int, review_id: int) -> str:
    """Show a review as a page to print."""
    return _page(slug, partnership_id, review_id, template="keeping/print.html")


@blueprint.post(_REVIEW)
def write_review(slug: str, partnership_id: int, review_id: int) -> Answer:
    """Keep what was written; with the other button, finish the review too."""
    is_finishing = "finish" in request.form
    names = ("held_on", "notes", "decisions", "summary", "next_on")
    typed = service.TypedReview(
        **{name: request.form.get(name, "") for name in names},
        version=row_number(request.form.get("version", ""), -1),
    )
    try:
        with transaction() as session:
            partnership, found = _held(session, slug, partnership_id, review_id)
            service.write_review(session, found, typed, actor=current_user)
            if is_finishing:
                service.finish_review(session, found, partnership, actor=current_user)
    except InvalidInput as error:
        return _page(slug, partnership_id, review_id, problems=dict(error.fields)), 422
    flash(_("Finished: its agenda stays as it is now.") if is_finishing else _("Saved."), "success")
    return _to_review(slug, partnership_id, review_id)


@blueprint.post(f"{_REVIEW}/share")
def share_review(slug: str, partnership_id: int, review_id: int) -> Response:
    """Show the summary to the partner."""
    with transaction() as session:
        partnership, found = _held(session, slug, partnership_id, review_id)
        is_told = service.share_review(session, found, partnership, actor=current_user)
    undo = url_for("keeping.unshare_review", slug=slug, partnership_id=partnership_id, review_id=review_id)
    if is_told:
        told = _("Shared: the summary stands on their page, and they have a mail.")
    else:
        told = _("Shared: the summary stands on their page, but nobody of theirs with access may be mailed.")
    flash_with_undo(told, url=undo, fields={})
    return _to_review(slug, partnership_id, review_id)


@blueprint.post(f"{_REVIEW}/unshare")
def unshare_review(slug: str, partnership_id: int, review_id: int) -> Response:
    """Take the summary off the partner's page."""
    with transaction() as session:
        _unused, found = _held(session, slug, partnership_id, review_id)
        service.unshare_review(session, found, actor=current_user)
    flash(_("The summary is off their page."), "success")
    return _to_review(slug, partnership_id, review_id)


@blueprint.post(f"{_REVIEW}/call-off")
def call_off_review(slug: str, partnership_id: int, review_id: int) -> Response:
    """Call a planned review off."""
    with transaction() as session:
        _unused, found = _held(session, slug, partnership_id, review_id)
        service.call_off_review(session, found, actor=current_user)
    undo = url_for("keeping.restore_review", slug=slug, partnership_id=partnership_id, review_id=review_id)
    flash_with_undo(_("The review is called off."), url=undo, fields={})
    return back(slug, partnership_id, "reviews")


@blueprint.post(f"{_REVIEW}/restore")
def restore_review(slug: str, partnership_id: int, review_id: int) -> Response:
    """Plan a review again that was called off."""
    with transaction() as session:
        _unused, found = _held(session, slug, partnership_id, review_id)
        service.restore_review(session, found, actor=current_user)
    return _to_review(slug, partnership_id, review_id)


def _held(session: Session, slug: str, partnership_id: int, review_id: int) -> tuple[Partnership, BusinessReview]:
    _unused, partnership = partnership_for(session, slug, partnership_id, _WORK)
    return partnership, service.review_in(session, partnership, review_id, hold=True)


def _page(
    slug: str,
    partnership_id: int,
    review_id: int,
    *,
    problems: dict[str, str] | None = None,
    template: str = "keeping/review.html",
) -> str:
    with reading() as session:
        program, partnership = partnership_for(session, slug, partnership_id, Permission.READ)
        found = service.review_in(session, partnership, review_id)
        header = partner_header(session, partnership.id)
        is_planned = found.state is ReviewState.PLANNED
        agenda = agenda_of(session, partnership, found.since_on) if is_planned else found.agenda
        finisher = session.get(User, found.finished_by_id) if found.finished_by_id else None
    return render_template(
        template,
        program=program,
        partner=header,
        review=found,
        agenda=agenda,
        is_planned=is_planned,
        finisher=finisher.name if finisher else "",
        written=_written,
        values=_values(found) | (dict(request.form) if problems else {}),
        problems=problems or {},
        is_in_force=header.stage in PARTNER_STAGES,
    )


def _written(text: str) -> str:
    """Return a day that the agenda keeps as text as people read it."""
    return day(date.fromisoformat(text)) if text else ""


def _values(found: BusinessReview) -> dict[str, str]:
    """Return the form as the review stands; one that nobody wrote in yet proposes the day of the next."""
    next_on: date | None = found.next_on
    if found.version == 1:
        next_on = service.months_later(max(found.held_on, today()), found.rhythm.months)
    return {
        "held_on": found.held_on.isoformat(),
        "next_on": next_on.isoformat() if next_on else "",
        "notes": found.notes,
        "decisions": found.decisions,
        "summary": found.summary,
        "version": str(found.version),
    }


def _to_review(slug: str, partnership_id: int, review_id: int) -> Response:
    return redirect(url_for("keeping.review", slug=slug, partnership_id=partnership_id, review_id=review_id), 303)
