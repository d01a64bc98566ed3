"""What undoing a change of a contact would need is forgotten: with its time, and with a person who is erased."""

import json
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import Contact, ContactField
from app.models.contact_change import ContactChange
from app.services.contact_undo import UNDO_FOR
from app.services.erased_words import Words


def forget_old_changes(session: Session, at: datetime) -> int:
    """Forget what stood before changes that are older than their undo; that they happened stays. Returns how many."""
    return (
        session.connection()
        .execute(
            update(ContactChange)
            .where(ContactChange.at < at - UNDO_FOR, ContactChange.is_forgotten.is_(False))
            .values(before=[], is_forgotten=True)
        )
        .rowcount
    )


def removed_contacts_with(session: Session, addresses: Collection[str]) -> set[int]:
    """Return the contacts by whose removal one of these addresses is still kept for its undo, or as their key."""
    kept = select(ContactChange).where(ContactChange.is_forgotten.is_(False))
    found = {
        change.contact_id
        for change in session.scalars(kept)
        if any(str(each.get("value", "")).lower() in addresses for each in change.before)
    }
    return found | set(session.scalars(select(Contact.id).where(Contact.key.in_(addresses))))


def kept_values(session: Session, contact_ids: Collection[int]) -> list[tuple[ContactField, str]]:
    """Return what changes still keep of contacts: the words of people who were removed and are erased now."""
    rows = session.scalars(select(ContactChange).where(ContactChange.contact_id.in_(contact_ids)))
    return [(ContactField(each["field"]), each["value"]) for change in rows for each in change.before]


def forget_changes_of(session: Session, contact_ids: Collection[int], words: Words) -> None:
    """Forget all that changes keep of a person who is erased, whosever contact it stood in."""
    for change in session.scalars(select(ContactChange).where(ContactChange.is_forgotten.is_(False))):
        if change.contact_id in contact_ids or words.stand_in(json.dumps(change.before, ensure_ascii=False)):
            change.before, change.is_forgotten = [], True
    session.flush()
