"""The people of a partner and their keys to the portal: one main contact, who may bring in others."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import PartnerLink, PartnerPerson, Partnership, Program, Prospect, Provenance
from app.models.partner_access import PartnerPassword, PartnerSession
from app.models.stage import PARTNER_STAGES
from app.services.audit import record_audit
from app.services.contacts import FoundContact, is_erased, record_contact
from app.services.errors import InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.languages import mark
from app.services.links import own_addresses
from app.services.plain_text import clean_line
from app.services.tokens import hash_of, new_token
from scrapers.domains import EmailError, normalize_email

LINK_LIFE = timedelta(days=180)
MAX_TOKEN, MAX_PEOPLE = 100, 10
MAX_NAME, MAX_EMAIL, MAX_PHONE, MAX_ROLE = 120, 254, 40, 120
_OPENING: tuple[type[PartnerLink] | type[PartnerSession], ...] = (PartnerLink, PartnerSession)
_KEYS: tuple[type[PartnerLink] | type[PartnerSession] | type[PartnerPassword], ...] = (*_OPENING, PartnerPassword)
GONE = mark("This link is not complete, is too old, or is not in use any more. Use the newest mail you have from us.")


class LinkGone(NotFound):
    """A link opens nothing (any more); what it was, or whether it ever was one, is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody who is to act for a partner, as typed."""

    name: str
    email: str
    role: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PortalKey:
    """What a link opens: who came, for which partnership of which program."""

    person: PartnerPerson
    partnership: Partnership
    program: Program


def new_portal_link(session: Session, person: PartnerPerson) -> str:
    """Return a fresh address of the portal for one person; earlier ones go on working."""
    token = new_token()
    session.add(PartnerLink(person_id=person.id, token_hash=hash_of(token), expires_at=now() + LINK_LIFE))
    return f"{own_addresses().public_url}/partner/{token}"


def holds_key(session: Session, person: PartnerPerson) -> bool:
    """Say whether a person was mailed a link of the portal that still opens it."""
    links = select(PartnerLink.id).where(PartnerLink.person_id == person.id, PartnerLink.expires_at > now())
    return session.scalar(links.limit(1)) is not None


def portal_behind(session: Session, token: str) -> PortalKey:
    """Return what the token of a mailed link or of a signed-in browser opens.

    Raises LinkGone in the same words for a link that is altered, too old, of somebody who was taken out, of a company
    that is no partner (any more), or of a program put away.
    """
    key = hash_of(token[:MAX_TOKEN])
    linked, signed_in = (
        select(kind.person_id).where(kind.token_hash == key, kind.expires_at > now()) for kind in _OPENING
    )
    found = session.execute(
        select(PartnerPerson, Partnership, Program)
        .join(Partnership, Partnership.id == PartnerPerson.partnership_id)
        .join(Program, Program.id == Partnership.program_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .where(
            PartnerPerson.id.in_(linked.union_all(signed_in)),
            PartnerPerson.removed_at.is_(None),
            Prospect.stage.in_(PARTNER_STAGES),
            Program.archived_at.is_(None),
        )
    ).first()
    if found is None:
        raise LinkGone(_(GONE))
    return PortalKey(*found)


def people_of(session: Session, partnership_id: int) -> list[PartnerPerson]:
    """Return who acts for a partner, the main contact first."""
    return list(
        session.scalars(
            select(PartnerPerson)
            .where(PartnerPerson.partnership_id == partnership_id, PartnerPerson.removed_at.is_(None))
            .order_by(PartnerPerson.is_main.desc(), PartnerPerson.id)
        )
    )


def people_with(session: Session, email: str) -> list[PartnerPerson]:
    """Return the people with this address who may use the portal now, in whichever program."""
    return list(
        session.scalars(
            select(PartnerPerson)
            .join(Partnership, Partnership.id == PartnerPerson.partnership_id)
            .join(Prospect, Prospect.id == Partnership.prospect_id)
            .join(Program, Program.id == Partnership.program_id)
            .where(
                func.lower(PartnerPerson.email) == email.strip().lower(),
                PartnerPerson.removed_at.is_(None),
                Prospect.stage.in_(PARTNER_STAGES),
                Program.archived_at.is_(None),
            )
        )
    )


def add_person(
    session: Session,
    partnership: Partnership,
    new: NewPerson,
    *,
    provenance: Provenance,
    actor_id: int | None = None,
) -> PartnerPerson:
    """Let somebody act for a partner; the first one is the main contact, and who was taken out comes back.

    Raises InvalidInput naming what cannot be used: among it somebody known, a full list, and somebody erased.
    """
    values = _checked(new)
    known = people_of(session, partnership.id)
    if any(person.email == values["email"] for person in known):
        raise InvalidInput({"email": _("This person has access already.")})
    if len(known) >= MAX_PEOPLE:
        raise InvalidInput(
            {"email": _("%(most)s people of one partner are the most; take one out first.", most=MAX_PEOPLE)}
        )
    _record_contact(session, partnership, values, provenance=provenance)
    person = session.scalar(
        select(PartnerPerson).where(
            PartnerPerson.partnership_id == partnership.id, PartnerPerson.email == values["email"]
        )
    ) or PartnerPerson(partnership_id=partnership.id)
    for name, value in values.items():
        setattr(person, name, value)
    person.removed_at, person.is_main = None, not known
    session.add(person)
    session.flush()
    _audit(session, "partner_person.added", partnership, person, actor_id)
    return person


def remove_person(
    session: Session, partnership: Partnership, person_id: int, *, actor_id: int | None = None
) -> PartnerPerson:
    """Take links, password and sessions away at once. Raises NotFound, and InvalidInput for the main contact."""
    person = person_in(session, partnership, person_id)
    if person.is_main:
        raise InvalidInput(
            {"person": _("%(name)s is the main contact. Make somebody else the main contact first.", name=person.name)}
        )
    person.removed_at = now()
    take_keys(session, [person.id])
    _audit(session, "partner_person.removed", partnership, person, actor_id)
    return person


def take_keys(session: Session, person_ids: Collection[int]) -> None:
    """Make every way of these people into the portal useless: mailed links, sessions, passwords."""
    for kind in _KEYS:
        session.execute(delete(kind).where(kind.person_id.in_(person_ids)))


def make_main(
    session: Session, partnership: Partnership, person_id: int, *, actor_id: int | None, by_person_id: int | None = None
) -> PartnerPerson:
    """Let another person be the main contact, by the word of ours or of their own. Raises NotFound."""
    person = person_in(session, partnership, person_id)
    session.execute(
        update(PartnerPerson)
        .where(PartnerPerson.partnership_id == partnership.id)
        .values(is_main=PartnerPerson.id == person.id)
        .execution_options(synchronize_session="fetch")
    )
    by = {"by_person_id": by_person_id} if by_person_id else {}
    _audit(session, "partner_person.made_main", partnership, person, actor_id, **by)
    return person


def change_profile(session: Session, person: PartnerPerson, *, name: str, phone: str, role: str) -> None:
    """Change what a person says of themselves; the address stays, for the link went there. Raises InvalidInput."""
    values = _checked(NewPerson(name=name, email=person.email, phone=phone, role=role))
    for field, value in values.items():
        setattr(person, field, value)
    partnership = session.get_one(Partnership, person.partnership_id)
    _audit(session, "partner_person.changed", partnership, person, None)


def change_language(session: Session, person: PartnerPerson, language: str) -> None:
    """Write to a person in this language from now on, on the page and in mails."""
    if person.language == language:
        return
    person.language = language
    _audit(session, "partner_person.changed", session.get_one(Partnership, person.partnership_id), person, None)


def person_in(session: Session, partnership: Partnership, person_id: int) -> PartnerPerson:
    """Return somebody who acts for this partner. Raises NotFound, for those of others too."""
    person = session.get(PartnerPerson, person_id)
    if person is None or person.partnership_id != partnership.id or person.removed_at is not None:
        raise NotFound(_("There is no such person with access to this partner's page."))
    return person


def _checked(new: NewPerson) -> dict[str, str]:
    values = {"name": clean_line(new.name), "phone": clean_line(new.phone), "role": clean_line(new.role)}
    problems = {}
    if not 1 <= len(values["name"]) <= MAX_NAME:
        problems["name"] = _("Give a name, in %(most)s characters at most.", most=MAX_NAME)
    for field, most in (("phone", MAX_PHONE), ("role", MAX_ROLE)):
        if len(values[field]) > most:
            problems[field] = _("At most %(most)s characters.", most=most)
    try:
        values["email"] = normalize_email(clean_line(new.email[: MAX_EMAIL + 1]))
    except EmailError:
        problems["email"] = _("Give a whole e-mail address, such as name@example.com; the link goes there.")
    if problems:
        raise InvalidInput(problems)
    return values


def _record_contact(
    session: Session, partnership: Partnership, values: dict[str, str], *, provenance: Provenance
) -> None:
    """Make them a contact of the company too, so that what is known of a person is found, and erased, in one place."""
    company_id = session.get_one(Prospect, partnership.prospect_id).company_id
    found = FoundContact(
        provenance=provenance,
        source="partner page",
        email=values["email"],
        name=values["name"],
        phone=values["phone"],
        role=values["role"],
    )
    if is_erased(session, company_id, found):
        raise InvalidInput({"email": _("This person was erased and cannot be added. They may apply themselves.")})
    record_contact(session, company_id, found)


def _audit(
    session: Session, action: str, partnership: Partnership, person: PartnerPerson, actor_id: int | None, **more: int
) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"partnership:{partnership.id}",
        actor_id=actor_id,
        program_id=partnership.program_id,
        details={"person_id": person.id, **more},
    )
