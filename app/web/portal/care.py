"""What a partner does after onboarding: accepts new terms, reports results, answers what we ask them to change."""

from collections.abc import Callable
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.models import RevenueBand
from app.queries.care_cases import cases_of
from app.queries.care_results import partner_results
from app.services.care.accepting import accept_terms
from app.services.care.cases import answer_case, locked_case
from app.services.care.results import TypedResult, read_result, report_result
from app.services.errors import InvalidInput
from app.services.languages import gettext as _
from app.services.languages import month_words
from app.services.onboarding.people import PortalKey
from app.services.tiers.terms import accept_tier_terms
from app.web.portal.blueprint import WRONG_LINK_LIMIT, blueprint, was_wrong
from app.web.portal.pages import terms_page
from app.web.portal.screen import portal_screen
from app.web.portal.speaking import visitor
from app.whole_numbers import row_number

Answer = Response | str | tuple[str, int]
REPORT_LIMIT = "30 per hour"
_FIELDS = ("month", "amount", "currency", "band", "leads", "note")


@blueprint.post("/<token>/terms")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(REPORT_LIMIT)
def accept(token: str) -> Answer:
    """Accept the version of the terms that is in force."""

    def act(session: Session, key: PortalKey, terms_id: int, address: str) -> str:
        terms = accept_terms(session, key.partnership, terms_id=terms_id, person=key.person, address=address)
        return _("Thank you. You accepted version %(version)s.", version=terms.version)

    return _accepted(token, "done", act)


@blueprint.post("/<token>/tier-terms")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(REPORT_LIMIT)
def accept_of_tier(token: str) -> Answer:
    """Accept the terms of the partner's tier."""

    def act(session: Session, key: PortalKey, terms_id: int, address: str) -> str:
        found = accept_tier_terms(session, key.partnership, terms_id=terms_id, person=key.person, address=address)
        return _("Thank you. You accepted the terms of %(tier)s.", tier=found.tier.name)

    return _accepted(token, "tier_done", act)


@blueprint.get("/<token>/results")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def results(token: str) -> Answer:
    """Show the partner's months, with a form for another one."""
    return _results(token, {})


@blueprint.post("/<token>/results")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(REPORT_LIMIT)
def report_month(token: str) -> Answer:
    """Take what a partner reports."""
    typed = TypedResult(**{name: request.form.get(name, "") for name in _FIELDS})
    try:
        with transaction() as session:
            key = visitor(session, token)
            result = read_result(typed)
            replaced = report_result(session, key.partnership, result, person=key.person)
    except InvalidInput as error:
        return _results(token, dict(error.fields)), 422
    month = month_words(result.month)
    thanks = _("Thank you. %(month)s is changed.", month=month)
    flash(thanks if replaced else _("Thank you. %(month)s is noted.", month=month), "success")
    return redirect(url_for("portal.results", token=token), 303)


@blueprint.get("/<token>/requests")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def requests(token: str) -> Answer:
    """Show what we ask the partner to change on their pages."""
    return _requests(token)


@blueprint.post("/<token>/requests/<int:case_id>")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(REPORT_LIMIT)
def answer_request(token: str, case_id: int) -> Answer:
    """Take the partner's word on one of them."""
    seen = row_number(request.form.get("version", ""), -1)
    try:
        with transaction() as session:
            key = visitor(session, token)
            case = locked_case(session, key.partnership, case_id, version=seen)
            answer_case(session, case, text=request.form.get("text", ""), person=key.person)
    except InvalidInput as error:
        return _requests(token, case_id=case_id, problem=error.fields["text"]), 422
    flash(_("Thank you. We look at it and tell you."), "success")
    return redirect(url_for("portal.requests", token=token), 303)


def _accepted(token: str, box: str, act: Callable[[Session, PortalKey, int, str], str]) -> Answer:
    """Accept the terms that were on screen, where `box` is ticked: by their id, from the visitor's network address."""
    try:
        with transaction() as session:
            key = visitor(session, token)
            if not request.form.get(box):
                raise InvalidInput({box: _("Please read the terms and tick that you accept them.")})
            thanks = act(session, key, row_number(request.form.get("terms_id", ""), 0), request.remote_addr or "")
    except InvalidInput as error:
        return terms_page(token, problems=dict(error.fields)), 422
    flash(thanks, "success")
    return redirect(url_for("portal.terms", token=token), 303)


def _results(token: str, problems: dict[str, str]) -> str:
    try:
        before = date.fromisoformat(request.args.get("before", ""))
    except ValueError:
        before = None
    with reading() as session:
        screen = portal_screen(session, token)
        found = partner_results(session, screen.partnership.id, before=before)
    typed = request.form if problems else {}
    return render_template(
        "portal/results.html", screen=screen, results=found, bands=tuple(RevenueBand), problems=problems, typed=typed
    )


def _requests(token: str, *, case_id: int = 0, problem: str = "") -> str:
    with reading() as session:
        screen = portal_screen(session, token)
        found = cases_of(session, screen.partnership.id, for_partner=True)
    typed = request.form.get("text", "") if problem else ""
    return render_template(
        "portal/requests.html", screen=screen, cases=found, case_id=case_id, problem=problem, typed=typed
    )
