"""Mailed keys to the page on which a partner accepts or says no; the database holds their hashes."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, Program, Prospect, Stage
from app.models.wave import Wave, WaveLink, WavePartner
from app.services.keys import key_for
from app.services.languages import gettext as _
from app.services.links import own_addresses
from app.services.onboarding.people import GONE, MAX_TOKEN, LinkGone
from app.services.tokens import hash_of, new_token
from app.services.waves.addresses import Addressee, addressee_of

LINK_LIFE = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class MoveKey:
    """What a link opens: which partner, of which program and company, invited by which wave, and who they are."""

    partner: WavePartner
    program: Program
    prospect: Prospect
    company: Company
    wave: Wave | None
    person: Addressee


def new_move_link(session: Session, partner: WavePartner, to: Addressee) -> str:
    """Return a fresh address of the partner's page for one person; earlier ones of theirs go on working."""
    token = new_token()
    link = WaveLink(partner_id=partner.id, token_hash=hash_of(token), expires_at=now() + LINK_LIFE)
    link.email_hash = _email_hash(to.email)
    session.add(link)
    return f"{own_addresses().public_url}/partner/{token}/move"


def partner_behind(session: Session, token: str, *, lock: bool = False) -> MoveKey:
    """Return what a link opens, with `lock` for changing the partner.

    Raises LinkGone in the same words for a link that is altered or too old, of a program put away, of a company that
    was declined, of a person who was erased, and mailed to another address than theirs is now.
    """
    query = (
        select(WavePartner, WaveLink.email_hash)
        .join(WaveLink, WaveLink.partner_id == WavePartner.id)
        .where(WaveLink.token_hash == hash_of(token[:MAX_TOKEN]), WaveLink.expires_at > now())
    )
    if lock:
        query = query.with_for_update(of=WavePartner).execution_options(populate_existing=True)
    found = session.execute(query).first()
    if found is None:
        raise LinkGone(_(GONE))
    partner, mailed_to = found
    program = session.get_one(Program, partner.program_id)
    prospect = session.get_one(Prospect, partner.prospect_id)
    person = addressee_of(session, partner)
    if program.archived_at is not None or prospect.stage is Stage.DECLINED or not person.email:
        raise LinkGone(_(GONE))
    if not hmac.compare_digest(mailed_to, _email_hash(person.email)):
        raise LinkGone(_(GONE))
    company = session.get_one(Company, prospect.company_id)
    wave = session.get(Wave, partner.wave_id) if partner.wave_id else None
    return MoveKey(partner, program, prospect, company, wave, person)


def _email_hash(email: str) -> str:
    return hmac.new(key_for("wave links"), email.lower().encode(), hashlib.sha256).hexdigest()
