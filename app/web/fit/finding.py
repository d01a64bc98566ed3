"""What to review next, and the companies most like a chosen one."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Company
from app.queries.lookalikes import look_alikes
from app.queries.review_next import review_list
from app.services.access import Permission, program_for
from app.services.audit import record_audit
from app.services.errors import NotFound
from app.services.prospects import NewProspect, add_prospect, find_prospect
from app.web.fit.blueprint import blueprint
from app.web.prospects.screen import prospect_in
from app.whole_numbers import row_number

IN_PANEL = 4


@blueprint.get("/p/<slug>/profile/review-next")
def review_next(slug: str) -> str:
    """Show the prospects whose review would teach the score most."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        found = review_list(session, program.id)
    return render_template("fit/review_next.html", program=program, found=found)


@blueprint.get("/p/<slug>/prospects/<int:prospect_id>/lookalikes")
def lookalikes(slug: str, prospect_id: int) -> str:
    """Show the companies most like this one; `?panel=1` gives the few for the prospect's page."""
    is_panel = bool(request.args.get("panel"))
    with reading() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.READ)
        company = session.get_one(Company, prospect.company_id)
        limit = {"limit": IN_PANEL} if is_panel else {}
        found = look_alikes(session, program.id, company.id, **limit)
    template = "fit/_lookalikes_panel.html" if is_panel else "fit/lookalikes.html"
    return render_template(template, program=program, prospect=prospect, company=company, found=found)


@blueprint.post("/p/<slug>/prospects/<int:prospect_id>/lookalikes")
def add_lookalike(slug: str, prospect_id: int) -> Response:
    """Bring a look-alike that was read for another program into this one."""
    number = row_number(request.form.get("company_id", ""))
    with transaction() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.IMPORT)
        if number is None:
            abort(400)
        company = session.get(Company, number)
        if company is None or company.opted_out_at is not None:
            raise NotFound(_("This company is not known any more. Look again for companies like it."))
        known = find_prospect(session, program.id, company.id)
        of = session.get_one(Company, prospect.company_id)
        added = known or add_prospect(
            session,
            NewProspect(
                program_id=program.id,
                company_id=company.id,
                source=f"Look-alike of {of.name}",
                owner_id=current_user.id,
                added_by_id=current_user.id,
            ),
        )
        if known is None:
            record_audit(
                session,
                "prospect.added",
                subject=f"prospect:{added.id}",
                actor_id=current_user.id,
                program_id=program.id,
                details={"look_alike_of": prospect.id},
            )
    if known:
        flash(_("%(company)s was a prospect already.", company=company.name), "success")
    else:
        flash(_("%(company)s is a prospect now, in Sourced.", company=company.name), "success")
    return redirect(url_for("fit.lookalikes", slug=slug, prospect_id=prospect_id), 303)
