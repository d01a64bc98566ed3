"""Taking back what was done to a contact by hand, while nobody changed it since."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import ContactField, ContactValue, Prospect, Provenance, User
from app.models.contact_change import ContactChange
from app.services.contact_edits import Hand, audit_contact, contact_in, follow_address, open_sequences
from app.services.contact_values import hash_of_values, values_of
from app.services.errors import Conflict, NotFound

UNDO_FOR = timedelta(days=30)


def undo_contact_change(session: Session, prospect: Prospect, change_id: int, *, actor: User) -> ContactChange:
    """Put a contact back as it was before a change. Sequences that its removal ended stay ended.

    Raises NotFound for a change of another prospect, and Conflict where it is too late or was changed since.
    """
    change = session.get(ContactChange, change_id)
    if change is None or change.prospect_id != prospect.id:
        raise NotFound(_("There is no such change of a contact on this prospect."))
    contact = contact_in(session, prospect, change.contact_id, holds=True)
    if change.undone_at is not None or change.is_forgotten:
        raise Conflict(_("This cannot be taken back any more: it was already, or it is too long ago."))
    if hash_of_values(values_of(session, contact.id)) != change.after_hash:
        raise Conflict(_("Somebody changed this contact since. It stays as it is; change it back by hand."))
    if not change.before and open_sequences(session, contact.id):
        raise Conflict(_("This contact is in a sequence by now. Remove it instead, which says what that ends."))
    session.execute(delete(ContactValue).where(ContactValue.contact_id == contact.id))
    session.expire_all()
    session.add_all(_put_back(contact.id, value) for value in change.before)
    change.undone_at = now()
    session.flush()
    addresses = [each["value"] for each in change.before if each["field"] == ContactField.EMAIL.value]
    follow_address(session, contact, addresses)
    details = {"change": change.id}
    audit_contact(session, f"contact.{change.deed.value}_undone", contact, by=Hand(prospect, actor), details=details)
    return change


def _put_back(contact_id: int, kept: Mapping[str, Any]) -> ContactValue:
    return ContactValue(
        contact_id=contact_id,
        field=ContactField(kept["field"]),
        value=kept["value"],
        provenance=Provenance(kept["provenance"]),
        source=kept["source"],
        found_at=datetime.fromisoformat(kept["found_at"]),
        entered_by_id=kept["entered_by_id"],
    )
