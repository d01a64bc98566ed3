"""One partner: their months, tags, cases, terms and what we do together; and writing a month down."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import month_words
from app.models import CaseKind, JointKind, Prospect, ResultSource, RevenueBand
from app.models.stage import PARTNER_STAGES
from app.queries.care_cases import cases_of, findings_of
from app.queries.care_mail import acceptances_of
from app.queries.care_partner import joint_activities
from app.queries.care_results import partner_results
from app.queries.partner import partner_header
from app.services.access import Permission
from app.services.care.results import Origin, TypedResult, keep_result, put_back, read_result, remove_result
from app.services.care.tags import set_tags, tags_of
from app.services.care.term_findings import term_findings
from app.services.errors import InvalidInput
from app.web.care.blueprint import blueprint, number_sent
from app.web.onboarding.partner import Refused, partnership_for
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]
RESULT_FIELDS = ("month", "amount", "currency", "band", "leads", "note")


@blueprint.get("/partners/<int:partnership_id>")
def partner(slug: str, partnership_id: int) -> str:
    """Show how a partner does."""
    return care_page(slug, partnership_id)


@blueprint.post("/partners/<int:partnership_id>/results")
def add_result(slug: str, partnership_id: int) -> Answer:
    """Write a month down, or over; or put one back that was taken out."""
    if (taken_out := number_sent("put_back")) is not None:
        return _put_back(slug, partnership_id, taken_out)
    typed = TypedResult(**{name: request.form.get(name, "") for name in RESULT_FIELDS})
    try:
        with transaction() as session:
            _program, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
            result = read_result(typed)
            origin = Origin(ResultSource.HAND, user_id=current_user.id)
            replaced = keep_result(session, partnership, result, origin)
    except InvalidInput as error:
        return care_page(slug, partnership_id, Refused("result", dict(error.fields))), 422
    month = month_words(result.month)
    said = _("%(month)s is replaced.", month=month) if replaced else _("%(month)s is written down.", month=month)
    flash(said, "success")
    return back(slug, partnership_id, "results")


def _put_back(slug: str, partnership_id: int, audit_id: int) -> Response:
    with transaction() as session:
        _program, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
        row = put_back(session, partnership, audit_id, note=request.form.get("note", ""), actor=current_user)
    flash(_("%(month)s is back as it was.", month=month_words(row.month)), "success")
    return back(slug, partnership_id, "results")


@blueprint.post("/partners/<int:partnership_id>/results/<int:result_id>/remove")
def take_result_out(slug: str, partnership_id: int, result_id: int) -> Response:
    """Take a month out, with a way back."""
    with transaction() as session:
        _program, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
        gone, audit_id = remove_result(session, partnership, result_id, actor=current_user)
        fields = {"put_back": str(audit_id), "note": gone.note}
    undo = url_for("care.add_result", slug=slug, partnership_id=partnership_id)
    flash_with_undo(_("%(month)s is taken out.", month=month_words(gone.month)), url=undo, fields=fields)
    return back(slug, partnership_id, "results")


@blueprint.post("/partners/<int:partnership_id>/tags")
def tag(slug: str, partnership_id: int) -> Answer:
    """Change a partner's tags."""
    try:
        with transaction() as session:
            _program, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
            set_tags(session, partnership, request.form.get("tags", ""), actor=current_user)
    except InvalidInput as error:
        return care_page(slug, partnership_id, Refused("tags", dict(error.fields))), 422
    flash(_("Saved."), "success")
    return back(slug, partnership_id, "tags")


def care_page(slug: str, partnership_id: int, refused: Refused | None = None) -> str:
    """Draw a partner's page; a refused form keeps what was typed. The same number of statements for every partner."""
    with reading() as session:
        program, partnership = partnership_for(session, slug, partnership_id, Permission.READ)
        header = partner_header(session, partnership.id)
        company_id = session.get_one(Prospect, partnership.prospect_id).company_id
        shown = {
            "results": partner_results(session, partnership.id, before=_before()),
            "cases": cases_of(session, partnership.id),
            "findings": findings_of(session, company_id, partnership.id),
            "broken": term_findings(session, partnership.id, company_id),
            "accepted": acceptances_of(session, partnership.id),
            "joint": joint_activities(session, partnership.id),
            "tags": tags_of(session, partnership.id),
        }
    return render_template(
        "care/partner.html",
        program=program,
        partner=header,
        refused=refused or Refused(),
        typed=request.form if refused else {},
        is_in_force=header.stage in PARTNER_STAGES,
        bands=tuple(RevenueBand),
        kinds=tuple(CaseKind),
        joint_kinds=tuple(JointKind),
        **shown,
    )


def back(slug: str, partnership_id: int, anchor: str | None = None) -> Response:
    """Go back to the partner's page."""
    return redirect(url_for("care.partner", slug=slug, partnership_id=partnership_id, _anchor=anchor), 303)


def _before() -> date | None:
    try:
        return date.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None
