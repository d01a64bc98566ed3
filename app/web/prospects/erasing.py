"""Erasing a person: what it reaches, the typed confirmation, and the deed. For directors and admins."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.services.access import Permission
from app.services.erasing import erase_person
from app.services.erasure import contact_of, erasure_of
from app.services.errors import InvalidInput
from app.web.prospects.screen import prospect_in
from app.web.prospects.views import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/contacts/<int:contact_id>/erase")
def ask_to_erase(slug: str, prospect_id: int, contact_id: int) -> str:
    """Show what erasing a person reaches; nothing happens yet."""
    return _page(slug, prospect_id, contact_id)


@blueprint.post("/contacts/<int:contact_id>/erase")
def erase_contact(slug: str, prospect_id: int, contact_id: int) -> Answer:
    """Erase a person once the address was typed."""
    try:
        with transaction() as session:
            program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.ERASE_PEOPLE)
            contact = contact_of(session, prospect, contact_id)
            typed = request.form.get("typed", "")
            erase_person(session, contact, typed=typed, program_id=program.id, actor=current_user)
    except InvalidInput as error:
        return _page(slug, prospect_id, contact_id, problem=str(error)), 422
    flash(_("The person was erased. The audit log keeps that it happened, not who it was."), "success")
    return redirect(url_for("prospects.show", slug=slug, prospect_id=prospect_id, _anchor="contacts"), 303)


def _page(slug: str, prospect_id: int, contact_id: int, *, problem: str = "") -> str:
    with reading() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.ERASE_PEOPLE)
        erasure = erasure_of(session, contact_of(session, prospect, contact_id))
    return render_template(
        "prospects/erase.html",
        program=program,
        prospect_id=prospect_id,
        contact_id=contact_id,
        erasure=erasure,
        problem=problem,
    )
