"""What people type for a contact, made into what is kept: an address that can be one, a profile in full."""

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import SOURCE, current_language, number
from app.languages import gettext as _
from app.models import ContactField, ContactValue
from app.services.plain_text import clean_line
from scrapers.domains import EmailError, normalize_email

MAX_LENGTHS = {
    ContactField.NAME: 200,
    ContactField.ROLE: 200,
    ContactField.EMAIL: 320,
    ContactField.PHONE: 60,
    ContactField.SOCIAL: 500,
}
_COLUMNS = ("field", "value", "provenance", "source", "found_at", "entered_by_id")


def read_contact_value(field: ContactField, typed: str) -> str:
    """Return a value as it is kept; "" for nothing. Raises ValueError in words for what cannot be one."""
    text = clean_line(typed)
    if not text:
        return ""
    if len(text) > MAX_LENGTHS[field]:
        limits = {"count": number(len(text)), "most": MAX_LENGTHS[field]}
        raise ValueError(_("This is %(count)s characters long; at most %(most)s fit.", **limits))
    if field is ContactField.EMAIL:
        try:
            return normalize_email(text)
        except EmailError as error:
            # Why, the library says in English alone.
            plain = _("“%(text)s” is not an e-mail address.", text=text[:80])
            raise ValueError(str(error) if current_language() == SOURCE else plain) from error
    if field is ContactField.SOCIAL and not text.startswith(("https://", "http://")):
        raise ValueError(_("Give the profile's full address, beginning with https://"))
    return text


def values_of(session: Session, contact_id: int) -> list[ContactValue]:
    """Return what is known of a contact, the oldest value first."""
    rows = session.scalars(select(ContactValue).where(ContactValue.contact_id == contact_id).order_by(ContactValue.id))
    return list(rows)


def hash_of_values(values: list[ContactValue]) -> str:
    """Return what stands for a contact's values as they are: it differs as soon as anybody changes one of them."""
    lines = sorted([value.field.value, value.value, value.provenance.value] for value in values)
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def as_kept(values: list[ContactValue]) -> list[dict[str, Any]]:
    """Return values as a change keeps them, so that they can be put back with where each came from."""
    return [
        {name: getattr(value, name) for name in _COLUMNS}
        | {"field": value.field.value, "provenance": value.provenance.value, "found_at": value.found_at.isoformat()}
        for value in values
    ]
