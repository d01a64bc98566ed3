"""Passwords of partners' people: chosen on the portal, each for one partnership, and the sessions they open.

A password belongs to a person of one partnership, not to an address: who was passed a link to one partner's page and
chose a password there gets into no other page by it. Hashing takes its time, so it is never done in here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, PartnerLink, PartnerPerson, Partnership, Program, Prospect
from app.models.partner_access import PartnerPassword, PartnerSession
from app.models.stage import PARTNER_STAGES
from app.services.audit import record_audit
from app.services.languages import gettext as _
from app.services.links import own_addresses
from app.services.notices import post_notice
from app.services.onboarding.people import MAX_EMAIL, MAX_TOKEN, PortalKey, people_with
from app.services.passwords import check_password
from app.services.plain_text import clean_line
from app.services.tokens import hash_of, new_token

SESSION_LIFE = timedelta(hours=12)
# A link that was mailed this short a while ago proves the mailbox, and so replaces a password that was forgotten.
FRESH_LINK = timedelta(hours=1)
# One address may act for several partners; checking a password takes time, so it is not tried on many.
MAX_TRIED = 5


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """The password of one person, as it is kept."""

    person_id: int
    password_hash: str


@dataclass(frozen=True, slots=True)
class PasswordState:
    """The hash of somebody's password, None without one; `is_proved` where nobody has to type it to change it."""

    hash: str | None
    is_proved: bool


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A partner's page that somebody is signed in to."""

    person_id: int
    company: str
    program: str


def passwords_of(session: Session, email: str) -> list[StoredPassword]:
    """Return the passwords of the people with this address who may use the portal now."""
    ids = [person.id for person in people_with(session, email[:MAX_EMAIL])] if "@" in email else []
    query = select(PartnerPassword).where(PartnerPassword.person_id.in_(ids)).order_by(PartnerPassword.set_at.desc())
    return [StoredPassword(row.person_id, row.password_hash) for row in session.scalars(query.limit(MAX_TRIED))]


def fitting(stored: Sequence[StoredPassword], password: str) -> list[int]:
    """Return whose password this is. For an address without any it takes as long as for one with one."""
    if not stored:
        check_password(None, password)
    return [each.person_id for each in stored if check_password(each.password_hash, password).fits]


def sign_in(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """Start a session for each of these people, who are one and the same; return the tokens for the cookie."""
    session.execute(delete(PartnerSession).where(PartnerSession.expires_at < now()))
    tokens = {person_id: new_token() for person_id in person_ids}
    for person_id, token in tokens.items():
        expires_at = now() + SESSION_LIFE
        session.add(PartnerSession(person_id=person_id, token_hash=hash_of(token), expires_at=expires_at))
        session.get_one(PartnerPassword, person_id).last_sign_in_at = now()
        _audit(session, "partner_person.signed_in", session.get_one(PartnerPerson, person_id))
    return tokens


def sign_out(session: Session, tokens: Collection[str]) -> None:
    """End the sessions behind these tokens; ones that ended before are no error."""
    hashes = [hash_of(token[:MAX_TOKEN]) for token in tokens]
    session.execute(delete(PartnerSession).where(PartnerSession.token_hash.in_(hashes)))


def pages_behind(session: Session, tokens: Collection[str]) -> list[OpenPage]:
    """Return the pages that these sessions open, by company."""
    hashes = [hash_of(token[:MAX_TOKEN]) for token in tokens]
    rows = session.execute(
        select(PartnerPerson.id, Company.name, Program.name)
        .join(PartnerSession, PartnerSession.person_id == PartnerPerson.id)
        .join(Partnership, Partnership.id == PartnerPerson.partnership_id)
        .join(Program, Program.id == Partnership.program_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(
            PartnerSession.token_hash.in_(hashes),
            PartnerSession.expires_at > now(),
            PartnerPerson.removed_at.is_(None),
            Prospect.stage.in_(PARTNER_STAGES),
            Program.archived_at.is_(None),
        )
        .order_by(Company.name, Program.name)
    )
    return [OpenPage(*row) for row in rows]


def password_state(session: Session, person: PartnerPerson, token: str) -> PasswordState:
    """Return somebody's password, and whether they must type it to change it."""
    found = session.get(PartnerPassword, person.id)
    mailed_at = session.scalar(
        select(PartnerLink.created_at).where(PartnerLink.token_hash == hash_of(token[:MAX_TOKEN]))
    )
    is_fresh = mailed_at is not None and mailed_at > now() - FRESH_LINK
    return PasswordState(found.password_hash if found else None, is_proved=found is None or is_fresh)


def set_password(session: Session, key: PortalKey, password_hash: str, *, token: str) -> None:
    """Store a password, end the person's other sessions than the one of `token`, and tell them by mail."""
    # One at a time for a person: two that find no password would both add one.
    session.scalar(select(PartnerPerson.id).where(PartnerPerson.id == key.person.id).with_for_update())
    found = session.get(PartnerPassword, key.person.id)
    if found is None:
        session.add(PartnerPassword(person_id=key.person.id, password_hash=password_hash))
    else:
        found.password_hash, found.set_at = password_hash, now()
    _end_others(session, key.person.id, token)
    _audit(session, "partner_person.password_changed" if found else "partner_person.password_set", key.person)
    _tell(session, key, _("Your password for the partner page at %(program)s is set", program=_program(key)))


def remove_password(session: Session, key: PortalKey, *, token: str) -> None:
    """Go back to links alone; other sessions end."""
    session.execute(delete(PartnerPassword).where(PartnerPassword.person_id == key.person.id))
    _end_others(session, key.person.id, token)
    _audit(session, "partner_person.password_removed", key.person)
    _tell(session, key, _("Your password for the partner page at %(program)s is gone", program=_program(key)))


def _end_others(session: Session, person_id: int, token: str) -> None:
    session.execute(
        delete(PartnerSession).where(
            PartnerSession.person_id == person_id, PartnerSession.token_hash != hash_of(token[:MAX_TOKEN])
        )
    )


def _tell(session: Session, key: PortalKey, subject: str) -> None:
    """Whoever did not do it hears of it at once; it goes to the address alone, whatever mail they asked not to get."""
    text = _(
        "Hello %(name)s,\n\n%(what)s.\n\nIf that was you, there is nothing to do. If it was not, ask for a new link "
        "and choose a password of your own:\n%(page)s\n",
        name=clean_line(key.person.name),
        what=subject,
        page=f"{own_addresses().public_url}/partner",
    )
    post_notice(session, kind="partner_password", to_address=key.person.email, subject=subject, text=text)


def _program(key: PortalKey) -> str:
    return clean_line(key.program.name)


def _audit(session: Session, action: str, person: PartnerPerson) -> None:
    session.flush()
    partnership = session.get_one(Partnership, person.partnership_id)
    record_audit(
        session,
        action,
        subject=f"partnership:{partnership.id}",
        program_id=partnership.program_id,
        details={"person_id": person.id},
    )
