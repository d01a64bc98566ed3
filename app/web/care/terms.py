"""A new version of the terms: who stands on an older one, telling them, reminding them."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.clock import today
from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.queries.care_mail import terms_screen
from app.services.access import Permission, program_for
from app.services.care.segments import Addressed
from app.services.care.terms_changes import WantedChange, change_of, remind_partners, tell_partners, who_is_told
from app.services.errors import InvalidInput
from app.services.program_pages import current_terms
from app.web.care.blueprint import blueprint, number_sent
from app.web.list_start import start_of_list

Answer = Response | str | tuple[str, int]
_ACCEPT_WITHIN = timedelta(days=30)


@blueprint.get("/terms")
def terms(slug: str) -> str:
    """Show how far the version in force is, and whom the notice would go to."""
    return _page(slug, {})


@blueprint.post("/terms/tell")
def tell(slug: str) -> Answer:
    """Mail everybody who stands on an older version and was not told."""
    wanted = WantedChange(accept_by=request.form.get("accept_by", ""), summary=request.form.get("summary", ""))
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.ENROLL)
            terms_id = number_sent("terms_id") or 0
            _change, count = tell_partners(session, program, wanted, terms_id=terms_id, actor=current_user)
    except InvalidInput as error:
        return _page(slug, dict(error.fields)), 422
    flash(counted("%(num)s partner was written to.", "%(num)s partners were written to.", count), "success")
    return redirect(url_for("care.terms", slug=slug), 303)


@blueprint.post("/terms/remind")
def remind(slug: str) -> Response:
    """Remind those who were told and have not accepted, once."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.ENROLL)
        count = remind_partners(session, program, terms_id=number_sent("terms_id") or 0, actor=current_user)
    said = counted("%(num)s partner was reminded.", "%(num)s partners were reminded.", count)
    nobody = _("There was nobody to remind: nobody is reminded twice of one version.")
    flash(said if count else nobody, "success")
    return redirect(url_for("care.terms", slug=slug), 303)


def _page(slug: str, problems: dict[str, str]) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        current = current_terms(session, program.id)
        screen = terms_screen(session, program.id, current.id, start=start_of_list()) if current else None
        change = change_of(session, current) if current else None
        who = who_is_told(session, program, current) if current else Addressed((), ())
    return render_template(
        "care/terms.html",
        program=program,
        current=current,
        screen=screen,
        change=change,
        who=who,
        problems=problems,
        typed=request.form if problems else {},
        usual_day=today() + _ACCEPT_WITHIN,
        today=today(),
    )
