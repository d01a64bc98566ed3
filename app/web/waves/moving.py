"""The page a partner of the other platform opens by a mailed link: the offer, the terms, yes or no. No login."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.clock import today
from app.db import reading, transaction
from app.extensions import limiter
from app.models import ProgramPage
from app.models.wave import WaveStatus
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.links import own_addresses
from app.services.onboarding.people import LinkGone, new_portal_link
from app.services.program_pages import current_terms
from app.services.waves.answering import MAX_REASON, accept, note_opened, refuse
from app.services.waves.links import partner_behind
from app.web.apply.speaking import keep_choice, speak
from app.web.portal.blueprint import (
    MAX_FORM_PARTS,
    MAX_TEXT_BYTES,
    VISIT_LIMIT,
    WRONG_LINK_LIMIT,
    refuse_in_words,
    was_wrong,
)

moving_blueprint = Blueprint("moving", __name__, url_prefix="/partner")
moving_blueprint.after_request(keep_choice)
refuse_in_words(moving_blueprint)
Answer = Response | str | tuple[str, int]


@moving_blueprint.url_value_preprocessor
def bound_the_body(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Lower the limits before anything reads the form."""
    request.max_content_length, request.max_form_parts = MAX_TEXT_BYTES, MAX_FORM_PARTS
    speak()


@moving_blueprint.errorhandler(NotFound)
def not_found(error: NotFound) -> Answer:
    """Say that a link opens nothing, in the same words whatever it was."""
    status = 410 if isinstance(error, LinkGone) else 404
    return render_template("waves/moving_gone.html", title=_("This link does not work"), why=str(error)), status


@moving_blueprint.errorhandler(Conflict)
def conflict(error: Conflict) -> Answer:
    """Say why something cannot be done now, with the way back."""
    return render_template("waves/moving_gone.html", title=_("That cannot be done now"), why=str(error)), 409


@moving_blueprint.get("/<token>/move")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(VISIT_LIMIT)
def page(token: str) -> Answer:
    """Show the offer and the terms. That it was opened is noted and decides nothing: mail programs open links too."""
    with reading() as session:
        is_first = partner_behind(session, token).partner.status is WaveStatus.INVITED
    if is_first:
        with transaction() as session:
            note_opened(session, partner_behind(session, token, lock=True))
    return _page(token)


@moving_blueprint.post("/<token>/move")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def agree(token: str) -> Answer:
    """Come along: accept the terms, and go on to the partner page."""
    try:
        with transaction() as session:
            person = accept(
                session,
                partner_behind(session, token, lock=True),
                terms_id=request.form.get("terms_id", "")[:12],
                is_agreed=request.form.get("agreed") == "y",
                address=request.remote_addr or "",
            )
            link = new_portal_link(session, person)
    except InvalidInput as error:
        return _page(token, problem=error.fields["agreed"]), 422
    return redirect(link.removeprefix(own_addresses().public_url), 303)


@moving_blueprint.post("/<token>/move/no")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def decline(token: str) -> Answer:
    """Say no."""
    with transaction() as session:
        refuse(session, partner_behind(session, token, lock=True), request.form.get("reason", "")[: MAX_REASON * 2])
    return redirect(url_for("moving.page", token=token), 303)


def _page(token: str, *, problem: str = "") -> str:
    with reading() as session:
        key = partner_behind(session, token)
        promised = key.partner.incentive_until
        incentive = key.wave.incentive if key.wave and promised and promised >= today() else ""
        ended_on = promised or (key.wave.expires_on if key.wave and key.wave.incentive else None)
        until = promised if incentive else ended_on if ended_on and ended_on < today() else None
        found = session.scalar(select(ProgramPage).where(ProgramPage.program_id == key.program.id))
        return render_template(
            "waves/moving.html",
            token=token,
            key=key,
            page=found,
            terms=current_terms(session, key.program.id),
            incentive=incentive,
            until=until,
            is_in=key.partner.status in (WaveStatus.ACCEPTED, WaveStatus.MOVED),
            is_refused=key.partner.status is WaveStatus.REFUSED,
            problem=problem,
            most=MAX_REASON,
        )
