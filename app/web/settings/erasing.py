"""Erasing whoever has an e-mail address: where it occurs, the typed confirmation, the deed, and a receipt.

The address is only ever posted: it stands in no link, no log of requests and no receipt.
"""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import AuditEvent, User
from app.queries.person_occurrences import Occurrences, occurrences
from app.services.access import Permission, require
from app.services.erasing import erase_address
from app.services.erasure import Erasure, erasure_of_address
from app.services.errors import InvalidInput
from app.services.suppressions import normalized
from app.web.settings.blueprint import blueprint

Answer = Response | str | tuple[str, int]
_MAY = Permission.MANAGE_PEOPLE


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of an address."""

    address: str
    erasure: Erasure
    where: Occurrences


@blueprint.get("/settings/erase")
def erase() -> str:
    """Ask for an address."""
    require(current_user, _MAY)
    return _page("")


@blueprint.post("/settings/erase")
def find_person() -> Answer:
    """Show everywhere an address occurs; nothing is changed."""
    require(current_user, _MAY)
    typed = request.form.get("address", "")
    try:
        found = _find(typed)
    except InvalidInput as error:
        return _page(typed, problem=str(error)), 422
    return _page(typed, found=found)


@blueprint.post("/settings/erase/confirm")
def erase_for_good() -> Answer:
    """Erase whoever has the address, once it was typed a second time; leads to the receipt."""
    require(current_user, _MAY)
    typed = request.form.get("address", "")
    try:
        with transaction() as session:
            address = _address(typed)
            event_id = erase_address(session, address, typed=request.form.get("typed", ""), actor=current_user)
    except InvalidInput as error:
        try:
            return _page(typed, found=_find(typed), problem=str(error)), 422
        except InvalidInput as wrong:
            return _page(typed, problem=str(wrong)), 422
    return redirect(url_for("settings.erasure_receipt", event_id=event_id), 303)


@blueprint.get("/settings/erase/receipts/<int:event_id>")
def erasure_receipt(event_id: int) -> str:
    """Show that somebody was erased: when, by whom, how much; never who it was."""
    require(current_user, _MAY)
    with reading() as session:
        event = session.get(AuditEvent, event_id)
        if event is None or event.action != "person.erased":
            abort(404)
        actor = session.get(User, event.actor_id) if event.actor_id else None
        return render_template("settings/erasure_receipt.html", event=event, by=actor.name if actor else "")


def _find(typed: str) -> _Found:
    address = _address(typed)
    with reading() as session:
        erasure = erasure_of_address(session, address)
        return _Found(address, erasure, occurrences(session, erasure.contact_ids, erasure.addresses))


def _address(typed: str) -> str:
    try:
        address, is_domain = normalized(typed)
    except InvalidInput as error:
        raise InvalidInput({"address": str(error)}) from None
    if is_domain:
        raise InvalidInput({"address": _("Type a whole address, such as ada@agency.example.")})
    return address


def _page(typed: str, *, found: _Found | None = None, problem: str = "") -> str:
    return render_template("settings/erase.html", typed=typed[:320], found=found, problem=problem, form=FlaskForm())
