"""What people write down on a prospect: notes and calls, contacts entered by hand, and who looks after it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark, number
from app.models import Activity, ActivityKind, ContactField, Membership, Prospect, Provenance, User
from app.models.contact_change import ContactChange, ContactDeed
from app.services.audit import record_audit
from app.services.contact_edits import Hand, note_change, values_before
from app.services.contact_values import read_contact_value
from app.services.contacts import FoundContact, is_erased, record_contact
from app.services.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.services.notifying.mentions import tell_mentioned
from app.services.notifying.occasions import mention_on, prospect_given

MAX_BODY_CHARACTERS = 20_000
_NOTHING = mark("Give at least a name, an e-mail address, a phone number or a profile.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedContact:
    """A contact as a person typed it; what is not known is empty. `source_url` says where the person found it."""

    name: str = ""
    email: str = ""
    phone: str = ""
    social: str = ""
    role: str = ""
    source_url: str = ""


def add_activity(session: Session, prospect: Prospect, *, kind: ActivityKind, body: str, author: User) -> Activity:
    """Write a note or a call on a prospect's timeline; raises InvalidInput for an empty or endless text."""
    text = body.replace("\x00", "").strip()
    if not text:
        raise InvalidInput({"body": _("Write something first: an empty note helps nobody later.")})
    if len(text) > MAX_BODY_CHARACTERS:
        words = _(
            "This is %(count)s characters long; at most %(most)s fit. Split it in two.",
            count=number(len(text)),
            most=number(MAX_BODY_CHARACTERS),
        )
        raise InvalidInput({"body": words})
    activity = Activity(prospect_id=prospect.id, kind=kind, body=text, author_id=author.id)
    session.add(activity)
    session.flush()
    _audit(session, f"{kind.value}.added", prospect, actor=author, details={"activity_id": activity.id})
    tell_mentioned(session, text, mention_on(prospect, activity, author_id=author.id))
    return activity


def remove_activity(session: Session, prospect: Prospect, activity_id: int, *, actor: User) -> None:
    """Take a note or call off the timeline; only its author may.

    Raises NotFound for one of another prospect, and NotAllowed for somebody else's.
    """
    activity = session.get(Activity, activity_id)
    if activity is None or activity.prospect_id != prospect.id:
        raise NotFound(_("There is no such note on this prospect; it may have been removed already."))
    if activity.author_id != actor.id:
        raise NotAllowed(_("Only the person who wrote a note may remove it."))
    session.delete(activity)
    _audit(session, f"{activity.kind.value}.removed", prospect, actor=actor, details={"activity_id": activity_id})


def assign_owner(
    session: Session, prospect: Prospect, *, owner_id: int | None, version: int, actor: User
) -> User | None:
    """Give a prospect to an active member of its program, or to nobody; return the new owner.

    `version` is the one the person saw: raises Conflict where somebody changed the prospect since, and
    InvalidInput where the chosen person does not work in the program.
    """
    if prospect.version != version:
        raise Conflict(
            _(
                "Somebody changed this prospect while you looked at it. Reload the page, see what is new, then try "
                "again."
            )
        )
    owner = None if owner_id is None else _member(session, prospect.program_id, owner_id)
    if prospect.owner_id == owner_id:
        return owner
    details = {"from": prospect.owner_id, "to": owner_id}
    prospect.owner_id = owner_id
    prospect.version += 1
    _audit(session, "prospect.assigned", prospect, actor=actor, details=details)
    prospect_given(session, prospect, actor_id=actor.id)
    return owner


def add_contact_by_hand(session: Session, prospect: Prospect, typed: TypedContact, *, actor: User) -> ContactChange:
    """Add a contact that a person typed in, with who and where from, and return the change that undo takes.

    Raises InvalidInput naming each bad field.
    """
    problems: dict[str, str] = {}
    values: dict[str, str] = {}
    for field in ContactField:
        try:
            values[field.value] = read_contact_value(field, getattr(typed, field.value))
        except ValueError as error:
            problems[field.value] = str(error)
    if not problems and not any(text for name, text in values.items() if name != ContactField.ROLE.value):
        problems["name"] = _(_NOTHING)
    if problems:
        raise InvalidInput(problems)
    source = typed.source_url.strip()[:2000]
    found = FoundContact(provenance=Provenance.HAND, source=source, entered_by_id=actor.id, **values)
    if found.key and is_erased(session, prospect.company_id, found):
        raise InvalidInput({"email": _("This person was erased and is not added again. They may apply themselves.")})
    before = values_before(session, prospect.company_id, found)
    contact = record_contact(session, prospect.company_id, found)
    if contact is None:
        raise InvalidInput({"name": _(_NOTHING)})
    return note_change(session, contact, ContactDeed.ADDED, before, by=Hand(prospect, actor))


def _member(session: Session, program_id: int, user_id: int) -> User:
    member = session.scalar(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == user_id, User.is_active, Membership.program_id == program_id)
    )
    if member is None:
        raise InvalidInput(
            {"owner_id": _("This person does not work in the program (any more). Choose somebody else.")}
        )
    return member


def _audit(session: Session, action: str, prospect: Prospect, *, actor: User, details: dict[str, int | None]) -> None:
    record_audit(
        session,
        action,
        subject=f"prospect:{prospect.id}",
        actor_id=actor.id,
        program_id=prospect.program_id,
        details=dict(details),
    )
