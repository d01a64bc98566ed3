"""Compliance cases on a partner's page: opened, told, closed, opened again."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import mark
from app.models import CaseKind, CaseState, ChangeKind, Prospect
from app.queries.care_cases import Finding, finding
from app.queries.partner import partner_header
from app.services.access import Permission
from app.services.care.cases import NewCase, close_case, locked_case, notify_partner, open_case, reopen_case
from app.services.care.term_findings import TermFinding, term_findings
from app.services.errors import InvalidInput
from app.web.care.blueprint import blueprint, number_sent
from app.web.care.partner import Answer, back, care_page
from app.web.onboarding.partner import Refused, partnership_for
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

_WORK = Permission.WORK_PROSPECTS
_WANTED = {
    CaseKind.BANNED_CLAIM: mark("Please take this claim off the page; the terms do not allow it."),
    CaseKind.MISSING_DISCLOSURE: mark("Please tell readers, above the first link, that you earn from it."),
    CaseKind.STALE_LINK: mark("Please put the present link in, or take the old one out."),
    CaseKind.OTHER: "",
}


@blueprint.get("/partners/<int:partnership_id>/cases/new")
def new_case(slug: str, partnership_id: int) -> str:
    """Ask what is wrong, with what the watch found filled in."""
    return _new_page(slug, partnership_id, _number_asked("change") or 0, {}, {})


@blueprint.post("/partners/<int:partnership_id>/cases")
def add_case(slug: str, partnership_id: int) -> Answer:
    """Open a case with the evidence."""
    kind, change_id = request.form.get("kind", ""), number_sent("site_change_id")
    try:
        with transaction() as session:
            _program, partnership = partnership_for(session, slug, partnership_id, _WORK)
            if kind not in set(CaseKind):
                raise InvalidInput({"kind": _("Choose what is wrong.")})
            new = NewCase(
                kind=CaseKind(kind),
                wanted=request.form.get("wanted", ""),
                url=request.form.get("url", ""),
                quote=request.form.get("quote", ""),
                site_change_id=change_id,
            )
            company_id = session.get_one(Prospect, partnership.prospect_id).company_id
            case = open_case(session, partnership, new, company_id=company_id, actor=current_user)
    except InvalidInput as error:
        return _new_page(slug, partnership_id, change_id or 0, dict(error.fields), request.form), 422
    flash(_("Opened, with the evidence kept. The partner knows nothing of it yet."), "success")
    return back(slug, partnership_id, f"case-{case.id}")


@blueprint.post("/partners/<int:partnership_id>/cases/<int:case_id>/notify")
def notify(slug: str, partnership_id: int, case_id: int) -> Answer:
    """Tell the partner what to change by when."""
    try:
        with transaction() as session:
            _program, partnership = partnership_for(session, slug, partnership_id, _WORK)
            case = locked_case(session, partnership, case_id, version=number_sent("version"))
            is_mailed = notify_partner(
                session,
                case,
                fix_by=request.form.get("fix_by", ""),
                told_otherwise=bool(request.form.get("told_otherwise")),
                actor=current_user,
            )
    except InvalidInput as error:
        return care_page(slug, partnership_id, Refused(f"notify-{case_id}", dict(error.fields))), 422
    flash(
        _("The notice is on its way, and stands on their page.") if is_mailed else _("Noted. It stands on their page.")
    )
    return back(slug, partnership_id, f"case-{case_id}")


@blueprint.post("/partners/<int:partnership_id>/cases/<int:case_id>/close")
def close(slug: str, partnership_id: int, case_id: int) -> Answer:
    """Close a case as resolved or terminated; the partnership is not touched."""
    named = request.form.get("state", "")
    try:
        with transaction() as session:
            _program, partnership = partnership_for(session, slug, partnership_id, _WORK)
            case = locked_case(session, partnership, case_id, version=number_sent("version"))
            state = CaseState(named) if named in set(CaseState) else CaseState.OPEN
            close_case(session, case, state, note=request.form.get("note", ""), actor=current_user)
            version, prospect_id = case.version, partnership.prospect_id
    except InvalidInput as error:
        return care_page(slug, partnership_id, Refused(f"close-{case_id}", dict(error.fields))), 422
    undo = url_for("care.reopen", slug=slug, partnership_id=partnership_id, case_id=case_id)
    if state is CaseState.TERMINATED:
        said = _("Closed as terminated. The partnership itself goes on until you move the prospect off the board.")
        flash_with_undo(said, url=undo, fields={"version": str(version)})
        return redirect(url_for("prospects.show", slug=slug, prospect_id=prospect_id), 303)
    flash_with_undo(_("Resolved."), url=undo, fields={"version": str(version)})
    return back(slug, partnership_id, f"case-{case_id}")


@blueprint.post("/partners/<int:partnership_id>/cases/<int:case_id>/reopen")
def reopen(slug: str, partnership_id: int, case_id: int) -> Response:
    """Open a closed case again."""
    with transaction() as session:
        _program, partnership = partnership_for(session, slug, partnership_id, _WORK)
        case = locked_case(session, partnership, case_id, version=number_sent("version"))
        reopen_case(session, case, actor=current_user)
    flash(_("Open again."), "success")
    return back(slug, partnership_id, f"case-{case_id}")


def _new_page(slug: str, partnership_id: int, change_id: int, problems: dict[str, str], typed: dict[str, str]) -> str:
    with reading() as session:
        program, partnership = partnership_for(session, slug, partnership_id, Permission.READ)
        company_id = session.get_one(Prospect, partnership.prospect_id).company_id
        found = finding(session, company_id, change_id) if change_id else None
        header = partner_header(session, partnership.id)
        broken = term_findings(session, partnership.id, company_id)
    at = _number_asked("broken")
    of_page = [each for each in broken if found and found.kind is not ChangeKind.PAGE_GONE and each.url == found.url]
    rests_on = broken[at] if at is not None and at < len(broken) else next(iter(of_page), None)
    return render_template(
        "care/new_case.html",
        program=program,
        partner=header,
        finding=found,
        rests_on=rests_on,
        typed=typed or (_filled_by(rests_on) if rests_on else _filled_in(found)),
        problems=problems,
        kinds=tuple(CaseKind),
    )


def _number_asked(name: str) -> int | None:
    return row_number(request.args.get(name, ""))


def _filled_by(broken: TermFinding) -> dict[str, str]:
    return {"url": broken.url, "quote": broken.on_site, "kind": broken.kind.value, "wanted": _(_WANTED[broken.kind])}


def _filled_in(found: Finding | None) -> dict[str, str]:
    if found is None:
        return {}
    kind = CaseKind.STALE_LINK if found.kind is ChangeKind.PAGE_GONE else CaseKind.BANNED_CLAIM
    return {"url": found.url, "quote": "\n\n".join(found.words), "kind": kind.value, "wanted": _(_WANTED[kind])}
