"""Partners who could work together, with the words of both sites; and asking them."""

from flask import flash, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.queries.care_introductions import complements_of
from app.queries.partner import partner_header
from app.services.access import Permission
from app.services.care.introducing import introduce
from app.services.errors import Conflict, InvalidInput
from app.services.plain_text import clean_text
from app.web.care.blueprint import blueprint, number_sent
from app.web.care.partner import back
from app.web.onboarding.partner import partnership_for

_MAX_WHY = 1_000


@blueprint.get("/partners/<int:partnership_id>/introductions")
def introductions(slug: str, partnership_id: int) -> str:
    """Show who complements a partner."""
    with reading() as session:
        program, partnership = partnership_for(session, slug, partnership_id, Permission.READ)
        header = partner_header(session, partnership.id)
        found = complements_of(session, partnership)
    return render_template("care/introductions.html", program=program, partner=header, complements=found)


@blueprint.post("/partners/<int:partnership_id>/introductions")
def ask_both(slug: str, partnership_id: int) -> Response:
    """Ask both partners whether they want to meet."""
    try:
        with transaction() as session:
            _program, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
            why = clean_text(request.form.get("why", ""))[:_MAX_WHY]
            activity = introduce(session, partnership, number_sent("other_id") or 0, why=why, actor=current_user)
    except InvalidInput as error:
        # Nothing here can be typed differently: somebody of theirs has to get access first.
        raise Conflict(str(error)) from None
    flash(_("%(who)s: both were asked. Their answers come as messages.", who=activity.title), "success")
    return back(slug, partnership_id, "joint")
