"""The list of sites whose owners asked not to be read, and taking one off it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.clock import now
from app.db import reading, transaction
from app.languages import gettext as _
from app.queries.optouts import opted_out_sites, waiting_requests
from app.services.access import Permission, require
from app.services.errors import InvalidInput
from app.services.optout_requests import revoke_opt_out

blueprint = Blueprint("optouts", __name__, url_prefix="/settings/opt-outs")


@blueprint.before_request
def only_for_admins() -> None:
    """Let nobody else undo a site owner's wish."""
    require(current_user, Permission.MANAGE_OPT_OUTS)


@blueprint.get("")
def index() -> str:
    """List the sites we stay away from."""
    return _page()


def _page(*, refused_id: int | None = None, error: str = "") -> str:
    with reading() as session:
        sites = opted_out_sites(session)
        waiting = waiting_requests(session, moment=now())
    return render_template("optouts/index.html", sites=sites, waiting=waiting, refused_id=refused_id, error=error)


@blueprint.post("/<int:company_id>/revoke")
def revoke(company_id: int) -> Response | tuple[str, int]:
    """Let the crawler read a site again, with a reason."""
    try:
        with transaction() as session:
            site = revoke_opt_out(session, company_id, reason=request.form.get("reason", ""), actor_id=current_user.id)
    except InvalidInput as problem:
        return _page(refused_id=company_id, error=problem.fields["reason"]), 422
    flash(_("%(domain)s may be read again. Nothing is read until somebody asks for it.", domain=site.domain), "success")
    return redirect(url_for("optouts.index"), 303)
