"""What partners of a tier agree to beside the program's terms: published in versions, accepted on the portal."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import PartnerPerson, Partnership, User
from app.models.tier import Tier, TierTerms, TierTermsAcceptance
from app.queries.tiers import tier_named
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput
from app.services.languages import gettext as _
from app.services.languages import number
from app.services.plain_text import clean_text
from app.services.program_pages import MAX_TERMS


@dataclass(frozen=True, slots=True)
class TierAgreement:
    """The terms in force of a partner's tier, and when somebody of theirs accepted them."""

    tier: Tier
    terms: TierTerms
    accepted_at: datetime | None


def current_tier_terms(session: Session, tier_id: int) -> TierTerms | None:
    """Return a tier's terms in force, None where it has none (any more)."""
    found = newest_tier_terms(session, tier_id)
    return found if found is not None and found.text else None


def newest_tier_terms(session: Session, tier_id: int) -> TierTerms | None:
    """Return the newest version of a tier's terms, one without text (which ended them) too."""
    newest = select(TierTerms).where(TierTerms.tier_id == tier_id).order_by(TierTerms.version.desc()).limit(1)
    return session.scalar(newest)


def publish_tier_terms(session: Session, tier: Tier, text: str, *, base_version: int, actor: User) -> TierTerms | None:
    """Put a new version of a tier's terms in force; an empty text ends them. None where nothing changes.

    Raises InvalidInput for a text too long, and Conflict where somebody published since `base_version`.
    """
    words, known = clean_text(text), newest_tier_terms(session, tier.id)
    if len(words) > MAX_TERMS:
        raise InvalidInput(
            {
                "text": _(
                    "The terms have %(count)s characters; keep them to %(most)s.",
                    count=number(len(words)),
                    most=number(MAX_TERMS),
                )
            }
        )
    version = known.version if known else 0
    faster = Conflict(_("Somebody published terms of this tier meanwhile; nothing of yours was. Look at them first."))
    if version != base_version:
        raise faster
    if words == (known.text if known else ""):
        return None
    terms = TierTerms(tier_id=tier.id, version=version + 1, text=words, created_by_id=actor.id)
    try:
        with session.begin_nested():
            session.add(terms)
    except IntegrityError:
        raise faster from None
    record_audit(
        session,
        "tier_terms.published" if words else "tier_terms.ended",
        subject=f"tier:{tier.id}",
        actor_id=actor.id,
        program_id=tier.program_id,
        details={"name": tier.name, "version": terms.version},
    )
    return terms


def agreement_of(session: Session, partnership: Partnership) -> TierAgreement | None:
    """Return the terms of a partner's tier and whether they are accepted; None where the tier has no terms."""
    tier = tier_named(session, partnership.program_id, partnership.tier) if partnership.tier else None
    terms = current_tier_terms(session, tier.id) if tier else None
    if tier is None or terms is None:
        return None
    return TierAgreement(tier, terms, _accepted_at(session, partnership, terms))


def accept_tier_terms(
    session: Session, partnership: Partnership, *, terms_id: int, person: PartnerPerson, address: str
) -> TierAgreement:
    """Keep that a partner accepts the terms of their tier; a second press changes nothing.

    Raises Conflict where the tier has no terms, InvalidInput where other ones are in force by now.
    """
    # Held, so that of two who press at once the second finds it accepted.
    session.refresh(partnership, with_for_update=True)
    found = agreement_of(session, partnership)
    if found is None:
        raise Conflict(_("Your tier has no terms of its own any more. There is nothing left to accept."))
    if found.terms.id != terms_id:
        raise InvalidInput({"tier_done": _("The terms of your tier changed meanwhile. Please read them.")})
    if found.accepted_at is not None:
        return found
    accepted = TierTermsAcceptance(
        partnership_id=partnership.id, terms_id=terms_id, person_id=person.id, address=address[:45]
    )
    session.add(accepted)
    session.flush()
    record_audit(
        session,
        "tier_terms.accepted",
        subject=f"partnership:{partnership.id}",
        program_id=partnership.program_id,
        details={"tier": found.tier.name, "version": found.terms.version, "person_id": person.id},
    )
    return TierAgreement(found.tier, found.terms, accepted.at)


def _accepted_at(session: Session, partnership: Partnership, terms: TierTerms) -> datetime | None:
    return session.scalar(
        select(TierTermsAcceptance.at).where(
            TierTermsAcceptance.partnership_id == partnership.id, TierTermsAcceptance.terms_id == terms.id
        )
    )
