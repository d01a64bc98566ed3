"""New terms of a tier: whoever is in it is told by mail, as with new terms of the program."""

from sqlalchemy.orm import Session

from app.models import Program, User
from app.models.stage import PARTNER_STAGES
from app.models.tier import Tier, TierTerms
from app.services.audit import record_audit
from app.services.care.mails import Names, mail_tier_terms
from app.services.care.segments import Addressed, Segment, addressed, load_people
from app.services.plain_text import clean_line


def partners_told(session: Session, program_id: int, tier: Tier) -> Addressed:
    """Return who of a tier's partners is written to when its terms change, and who is not and why."""
    # Whoever was a partner once is none that the terms are for, and needs no reason for not being told.
    in_force = Segment(tiers=(tier.name,), stages=tuple(PARTNER_STAGES))
    return addressed(session, program_id, in_force, each_partner=True)


def tell_tier(session: Session, program: Program, tier: Tier, terms: TierTerms, *, actor: User) -> Addressed:
    """Mail each partner of a tier the version that was just published; return who was written to and who was not.

    Each version is published once, so nobody is told twice of one.
    """
    found = partners_told(session, program.id, tier)
    people, program_name = load_people(session, found), clean_line(program.name)
    for each in found.to:
        names = Names(program_name, clean_line(each.company), program.id)
        mail_tier_terms(session, people[each.person_id or 0], names, tier=clean_line(tier.name), version=terms.version)
    session.flush()
    record_audit(
        session,
        "tier_terms.told",
        subject=f"tier:{tier.id}",
        actor_id=actor.id,
        program_id=program.id,
        details={
            "name": tier.name,
            "version": terms.version,
            "told": len(found.to),
            "skipped": len(found.skipped),
        },
    )
    return found
