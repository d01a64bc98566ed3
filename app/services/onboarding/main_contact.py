"""The main contact of a partner passes that role on to another person of theirs, who both hear of it by mail."""

from sqlalchemy.orm import Session

from app.models import PartnerPerson
from app.services.errors import Conflict, InvalidInput
from app.services.languages import gettext as _
from app.services.onboarding.mails import mail_role_passed_on
from app.services.onboarding.people import PortalKey, make_main


def pass_main_contact_on(session: Session, key: PortalKey, person_id: int, *, is_sure: bool) -> PartnerPerson:
    """Make somebody else the main contact in the name of the one who is. Raises NotFound for a person of others.

    Raises Conflict where whoever asks is not the main contact (any more), and InvalidInput where they did not confirm
    it or named themselves.
    """
    # Of two pages of one main contact, the second must see that the role is gone already.
    session.refresh(key.person, with_for_update=True)
    if not key.person.is_main:
        raise Conflict(_("You are not the main contact any more, so you cannot pass that on. Ask who is."))
    if person_id == key.person.id:
        raise InvalidInput({"person_id": _("Choose somebody else: you are the main contact already.")})
    if not is_sure:
        raise InvalidInput({"sure": _("Tick that you are sure: only the new main contact can give the role back.")})
    person = make_main(session, key.partnership, person_id, actor_id=None, by_person_id=key.person.id)
    mail_role_passed_on(session, before=key.person, after=person)
    return person
