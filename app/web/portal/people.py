"""What the main contact does about the other people of the partner: invite, take out, pass the role on."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.db import transaction
from app.extensions import limiter
from app.models import Provenance
from app.services.errors import Conflict, InvalidInput
from app.services.languages import current_language
from app.services.languages import gettext as _
from app.services.onboarding.mails import mail_person
from app.services.onboarding.main_contact import pass_main_contact_on
from app.services.onboarding.people import NewPerson, PortalKey, add_person, remove_person
from app.services.plain_text import clean_line
from app.web.portal.blueprint import WRONG_LINK_LIMIT, blueprint, was_wrong
from app.web.portal.pages import Answer, profile_page
from app.web.portal.speaking import visitor
from app.whole_numbers import row_number

INVITE_LIMIT = "10 per hour"


@blueprint.post("/<token>/people")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(INVITE_LIMIT)
def invite(token: str) -> Answer:
    """Give another person a link of their own."""
    typed = {name: request.form.get(name, "") for name in ("name", "email", "role")}
    try:
        with transaction() as session:
            key = _main_contact(visitor(session, token))
            # By the hand of a third person, so that somebody who was erased does not come back by it.
            person = add_person(session, key.partnership, NewPerson(**typed), provenance=Provenance.HAND)
            # Until they choose their own, they read what their colleague reads.
            person.language = person.language or current_language()
            is_mailed = mail_person(session, person, "invited", by=clean_line(key.person.name))
    except InvalidInput as error:
        return profile_page(token, {"new": dict(error.fields)}, {"new": typed}), 422
    told = _("%(name)s gets a link by mail.", name=person.name)
    untold = _("%(name)s has access, but asked for no mail, so none goes out.", name=person.name)
    flash(told if is_mailed else untold, "success")
    return redirect(url_for("portal.profile", token=token), 303)


@blueprint.post("/<token>/people/<int:person_id>/remove")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def remove(token: str, person_id: int) -> Response:
    """Take somebody's access away."""
    try:
        with transaction() as session:
            key = _main_contact(visitor(session, token))
            person = remove_person(session, key.partnership, person_id)
    except InvalidInput as error:
        raise Conflict(str(error)) from None
    flash(_("%(name)s has no access any more.", name=person.name), "success")
    return redirect(url_for("portal.profile", token=token), 303)


@blueprint.post("/<token>/main-contact")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(INVITE_LIMIT)
def pass_main_on(token: str) -> Answer:
    """Make another person the main contact, once the one who is says that they are sure."""
    person_id = row_number(request.form.get("person_id", ""), 0)
    try:
        with transaction() as session:
            key = visitor(session, token)
            if not person_id:
                raise InvalidInput({"person_id": _("Choose who takes over.")})
            is_sure = request.form.get("sure") == "y"
            person = pass_main_contact_on(session, key, person_id, is_sure=is_sure)
    except InvalidInput as error:
        return profile_page(token, {"main": dict(error.fields)}, {"main": {"person_id": str(person_id)}}), 422
    flash(_("%(name)s is the main contact now. You both get a mail about it.", name=person.name), "success")
    return redirect(url_for("portal.profile", token=token), 303)


def _main_contact(key: PortalKey) -> PortalKey:
    if not key.person.is_main:
        raise Conflict(_("Only your main contact invites people and takes them out. Ask them, or write to us."))
    return key
