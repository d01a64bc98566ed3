"""Contacts: people and mailboxes at a company, each value with where it came from."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Contact, ContactField, ContactValue, Provenance, Suppression
from app.models.company import ERASED
from app.models.contact_change import ContactChange, ContactDeed
from app.services.keys import key_for
from app.services.suppressions import key_of_text

_VALUE_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContact:
    """What one source says of a contact; e-mail and phone are normalized already, absent values are empty."""

    provenance: Provenance
    source: str = ""
    email: str = ""
    phone: str = ""
    social: str = ""
    name: str = ""
    role: str = ""
    entered_by_id: int | None = None

    def values(self) -> list[tuple[ContactField, str]]:
        """Return the values that are there, the identifying ones first."""
        pairs = (
            (ContactField.EMAIL, self.email),
            (ContactField.PHONE, self.phone),
            (ContactField.SOCIAL, self.social),
            (ContactField.NAME, self.name),
            (ContactField.ROLE, self.role),
        )
        return [(field, value.strip()[:_VALUE_LENGTH]) for field, value in pairs if value.strip()]

    @property
    def key(self) -> str:
        """Return what makes two finds the same contact: the first identifying value; empty when nothing is known."""
        values = self.values()
        if not values:
            return ""
        field, value = values[0]
        return value.lower()[:340] if field is ContactField.EMAIL else f"{field.value}:{value.lower()}"[:340]


def erased_key(key: str) -> str:
    """Return what stands for a contact's key once the person was erased: a keyed hash, the same each time."""
    return f"{ERASED}{hmac.new(key_for('erased contacts'), key.encode(), hashlib.sha256).hexdigest()}"


def is_erased(session: Session, company_id: int, found: FoundContact) -> bool:
    """Whether a find is a person who was erased; not where they applied again of their own will."""
    if found.provenance is Provenance.APPLICATION:
        return False
    same = (Contact.company_id == company_id, Contact.key == erased_key(found.key))
    if session.scalar(select(Contact.id).where(*same)) is not None:
        return True
    if not found.email:
        return False
    forgotten = (Suppression.key == key_of_text(found.email), Suppression.value.is_(None))
    return session.scalar(select(Suppression.id).where(*forgotten)) is not None


def record_contact(session: Session, company_id: int, found: FoundContact) -> Contact | None:
    """Add a find to the company's contacts: a new contact, or new values of a known one.

    The same value from a second source is kept once, with its first source. Returns None where the find is empty, and
    where it is a person who was erased: only their own application brings them back. What a page says is left out too
    where a person removed the contact, or typed that field.
    """
    if not found.key or is_erased(session, company_id, found):
        return None
    contact = same_contact(session, company_id, found)
    if contact is None:
        contact = Contact(company_id=company_id, key=found.key)
        session.add(contact)
        session.flush()
    rows = session.scalars(select(ContactValue).where(ContactValue.contact_id == contact.id)).all()
    if found.provenance is Provenance.PAGE and not rows and _was_removed(session, contact.id):
        return None
    known = {(row.field, row.value) for row in rows}
    # A person knew better than the page: what the page goes on to say is not put beside it again.
    by_hand = {row.field for row in rows if row.provenance is Provenance.HAND}
    settled = by_hand if found.provenance is Provenance.PAGE else set()
    session.add_all(
        ContactValue(
            contact_id=contact.id,
            field=field,
            value=value,
            provenance=found.provenance,
            source=found.source,
            entered_by_id=found.entered_by_id,
        )
        for field, value in found.values()
        if (field, value) not in known and field not in settled
    )
    return contact


def same_contact(session: Session, company_id: int, found: FoundContact) -> Contact | None:
    """Return the contact that a find is: by its key, else by an address that a person gave it."""
    here = Contact.company_id == company_id
    contact = session.scalar(select(Contact).where(here, Contact.key == found.key))
    if contact is not None or not found.email:
        return contact
    same = (ContactValue.field == ContactField.EMAIL, ContactValue.value == found.email)
    values = select(Contact).join(ContactValue, ContactValue.contact_id == Contact.id)
    return session.scalar(values.where(here, *same).order_by(Contact.id).limit(1))


def _was_removed(session: Session, contact_id: int) -> bool:
    """Whether a person took the contact out, and nobody took that back."""
    taken_out = select(ContactChange.id).where(
        ContactChange.contact_id == contact_id,
        ContactChange.deed == ContactDeed.REMOVED,
        ContactChange.undone_at.is_(None),
    )
    return session.scalar(taken_out.limit(1)) is not None
