"""Changing and removing contacts by hand, with what takes it back.

A removed contact keeps its row without values, so that its mails keep their history and no reading of the site brings
it back; typed, imported or applied for again, it is there again. Undo holds only while nobody changed it since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark
from app.models import (
    Contact,
    ContactField,
    ContactValue,
    Enrollment,
    EnrollmentState,
    Program,
    Prospect,
    Provenance,
    Role,
    Sequence,
    User,
)
from app.models.company import ERASED
from app.models.contact_change import ContactChange, ContactDeed
from app.queries.navigation import programs_of
from app.services.audit import record_audit
from app.services.contact_values import as_kept, hash_of_values, read_contact_value, values_of
from app.services.contacts import FoundContact, is_erased, same_contact
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.ledger.gate import close_gate
from app.services.stops import Ending, end_enrollments

MAX_SOURCE = 500
REMOVED = Ending("contact_removed", "The contact was removed from the company.")
_OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)
_CHANGED = mark(
    "Somebody changed this contact while you looked at it, so nothing of yours was written. See what is there now, "
    "then try again."
)


@dataclass(frozen=True, slots=True)
class OpenSequence:
    """A sequence that is on its way to a contact, and the program it belongs to."""

    enrollment_id: int
    program_id: int
    program: str
    sequence: str


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand changes a contact, and on which prospect's page."""

    prospect: Prospect
    actor: User


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedValues:
    """An edited contact as it was sent: value id -> text, field -> text for new ones, and where it is known from."""

    changed: Mapping[int, str]
    added: Mapping[ContactField, str]
    source: str = ""
    version: str


def contact_in(session: Session, prospect: Prospect, contact_id: int, *, holds: bool = False) -> Contact:
    """Return a contact of a prospect's company; with `holds` nobody else changes it until the transaction ends.

    Raises NotFound. Only a transaction that writes may hold it.
    """
    contact = session.get(Contact, contact_id, with_for_update=holds)
    if contact is None or contact.company_id != prospect.company_id or contact.key.startswith(ERASED):
        raise NotFound(_("There is no such contact at this company; it may have been erased."))
    return contact


def open_sequences(session: Session, contact_id: int) -> list[OpenSequence]:
    """Return what is on its way to a contact, in every program."""
    rows = session.execute(
        select(Enrollment.id, Program.id, Program.name, Sequence.name)
        .join(Program, Program.id == Enrollment.program_id)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .where(Enrollment.contact_id == contact_id, Enrollment.state.in_(_OPEN))
        .order_by(Enrollment.id)
    )
    return [OpenSequence(*row) for row in rows]


def edit_contact(
    session: Session, prospect: Prospect, contact_id: int, typed: TypedValues, *, actor: User
) -> ContactChange | None:
    """Change what is known of a contact; return the change, None where nothing was one. What was typed is entered by
    its person, what stayed keeps where it came from.

    Raises Conflict where somebody changed the contact since `version`, InvalidInput under `value-ID` or `new-FIELD`.
    """
    contact = contact_in(session, prospect, contact_id, holds=True)
    values = values_of(session, contact.id)
    if typed.version != hash_of_values(values):
        raise Conflict(_(_CHANGED))
    before = as_kept(values)
    wanted = _read(values, typed)
    if not _apply(session, contact, values, wanted, typed.source, actor):
        return None
    follow_address(session, contact, [value.value for value in values_of(session, contact.id) if _is_email(value)])
    return note_change(session, contact, ContactDeed.EDITED, before, by=Hand(prospect, actor))


def remove_contact(
    session: Session, prospect: Prospect, contact_id: int, *, version: str, is_confirmed: bool, actor: User
) -> ContactChange | None:
    """Remove a contact and end what is on its way to them; None where that has to be confirmed first.

    Raises Conflict where somebody changed it since `version`, or where a program writes to it that the person does not
    work in.
    """
    close_gate(session)
    contact = contact_in(session, prospect, contact_id, holds=True)
    values = values_of(session, contact.id)
    if version != hash_of_values(values):
        raise Conflict(_(_CHANGED))
    under_way = open_sequences(session, contact.id)
    mine = {each.id for each in programs_of(session, actor.id, sees_all=actor.role is Role.ADMIN)}
    if any(each.program_id not in mine for each in under_way):
        raise Conflict(_("A program that you do not work in is writing to this person. Ask an admin to remove them."))
    if under_way and not is_confirmed:
        return None
    end_enrollments(session, [each.enrollment_id for each in under_way], REMOVED)
    before = as_kept(values)
    session.execute(delete(ContactValue).where(ContactValue.contact_id == contact.id))
    session.expire_all()
    return note_change(
        session,
        contact,
        ContactDeed.REMOVED,
        before,
        by=Hand(prospect, actor),
        details={"ended": len(under_way)},
    )


def values_before(session: Session, company_id: int, found: FoundContact) -> list[dict[str, Any]]:
    """Return what is known already of the contact that a find belongs to; nothing where it is a new one."""
    contact = same_contact(session, company_id, found)
    return as_kept(values_of(session, contact.id)) if contact else []


def note_change(
    session: Session,
    contact: Contact,
    deed: ContactDeed,
    before: list[dict[str, Any]],
    *,
    by: Hand,
    details: Mapping[str, int] | None = None,
) -> ContactChange:
    """Keep a change with what takes it back, audited without a word of the person."""
    session.flush()
    change = ContactChange(
        contact_id=contact.id,
        prospect_id=by.prospect.id,
        deed=deed,
        before=before,
        after_hash=hash_of_values(values_of(session, contact.id)),
        by_user_id=by.actor.id,
    )
    session.add(change)
    session.flush()
    audit_contact(session, f"contact.{deed.value}", contact, by=by, details=details or {})
    return change


def _read(values: list[ContactValue], typed: TypedValues) -> dict[int | ContactField, str]:
    wanted: dict[int | ContactField, str] = {}
    problems: dict[str, str] = {}
    fields = {value.id: value.field for value in values}
    asked: list[tuple[str, int | ContactField, ContactField, str]] = [
        (f"value-{key}", key, fields[key], text) for key, text in typed.changed.items() if key in fields
    ]
    asked += [(f"new-{key.value}", key, key, text) for key, text in typed.added.items()]
    for name, key, field, text in asked:
        try:
            wanted[key] = read_contact_value(field, text)
        except ValueError as error:
            problems[name] = str(error)
    left = [wanted.get(value.id, value.value) for value in values if value.field is not ContactField.ROLE]
    left += [text for key, text in wanted.items() if isinstance(key, ContactField) and key is not ContactField.ROLE]
    if not problems and not any(left):
        problems["form"] = _(
            "Leave at least a name, an e-mail address, a phone number or a profile, or remove the contact."
        )
    if problems:
        raise InvalidInput(problems)
    return wanted


def _apply(
    session: Session,
    contact: Contact,
    values: list[ContactValue],
    wanted: Mapping[int | ContactField, str],
    source: str,
    actor: User,
) -> bool:
    """Write what differs; a value that another one says already is there once."""
    changed = [value for value in values if wanted.get(value.id, value.value) != value.value]
    texts = [(value.field, wanted[value.id]) for value in changed]
    texts += [(key, text) for key, text in wanted.items() if isinstance(key, ContactField)]
    texts = [(field, text) for field, text in texts if text]
    for value in changed:
        session.delete(value)
    session.flush()
    there = {(value.field, value.value) for value in values if value not in changed}
    for field, text in dict.fromkeys(texts):
        if (field, text) in there:
            continue
        if field is ContactField.EMAIL:
            _refuse_erased(session, contact, text)
        session.add(
            ContactValue(
                contact_id=contact.id,
                field=field,
                value=text,
                provenance=Provenance.HAND,
                source=source.strip()[:MAX_SOURCE],
                entered_by_id=actor.id,
            )
        )
    session.flush()
    return bool(changed or texts)


def _refuse_erased(session: Session, contact: Contact, address: str) -> None:
    if is_erased(session, contact.company_id, FoundContact(provenance=Provenance.HAND, email=address)):
        raise InvalidInput({"form": _("This person was erased and is not added again. They may apply themselves.")})


def follow_address(session: Session, contact: Contact, addresses: list[str]) -> None:
    """Let the contact be recognized by an address it has, where nobody else at the company is."""
    if not addresses or contact.key in {address.lower() for address in addresses}:
        return
    key = addresses[0].lower()[:340]
    if session.scalar(select(Contact.id).where(Contact.company_id == contact.company_id, Contact.key == key)) is None:
        contact.key = key
        session.flush()


def _is_email(value: ContactValue) -> bool:
    return value.field is ContactField.EMAIL


def audit_contact(session: Session, action: str, contact: Contact, *, by: Hand, details: Mapping[str, int]) -> None:
    """Write down what was done to a contact, without a word of the person."""
    record_audit(
        session,
        action,
        subject=f"prospect:{by.prospect.id}",
        actor_id=by.actor.id,
        program_id=by.prospect.program_id,
        details={"contact_id": contact.id, **details},
    )
