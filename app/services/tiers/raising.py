"""Raising a partner into a tier that their results lead into: by a person's click, never by itself."""

from sqlalchemy.orm import Session

from app.languages import SOURCE, in_language
from app.languages import gettext as _
from app.models import Activity, ActivityKind, OnboardingTemplate, Partnership, User
from app.models.tier import Tier
from app.queries.keeping_touch import tier_key
from app.queries.tier_standing import qualified_in
from app.services.audit import record_audit
from app.services.errors import Conflict
from app.services.onboarding.mails import mail_person, reachable_people
from app.services.onboarding.starting import give_tier, plan_of
from app.services.tiers.words import reached_words


def raise_partner(
    session: Session, partnership: Partnership, tier_id: int, *, seen: str, actor: User
) -> tuple[Tier, OnboardingTemplate | None]:
    """Raise a partner from the tier that was `seen`; tell them, and write the evidence onto the timeline.

    Returns the tier, and the template that their plan began anew with, where there is one. Raises Conflict where
    somebody was faster, or the results lead there no more.
    """
    # The plan before the partnership, as whoever accepts terms does.
    plan_of(session, partnership.id, lock=True)
    session.refresh(partnership, with_for_update=True)
    if tier_key(partnership.tier) != tier_key(seen):
        raise Conflict(_("Somebody changed this partner's tier meanwhile. Reload the page."))
    found = next(iter(qualified_in(session, partnership.program_id, partnership_id=partnership.id)), None)
    if found is None or found.tier.id != tier_id:
        raise Conflict(_("What this partner brought does not lead into that tier any more. Reload the page."))
    tier, reached = found.tier, found.reached
    begun_with = give_tier(session, partnership, tier.name, by_user_id=actor.id)
    with in_language(SOURCE, is_staff=True):
        body = f"Raised to {tier.name}: {reached_words(tier, reached)}."
    session.add(Activity(prospect_id=partnership.prospect_id, kind=ActivityKind.NOTE, body=body, author_id=actor.id))
    record_audit(
        session,
        "partnership.tier_raised",
        subject=f"partnership:{partnership.id}",
        actor_id=actor.id,
        program_id=partnership.program_id,
        details={
            "from": seen,
            "to": tier.name,
            "since": reached.since.isoformat(),
            "cents": reached.cents,
            "currency": tier.currency,
            "leads": reached.leads,
        },
    )
    for person in reachable_people(session, partnership.id):
        mail_person(session, person, "tier", tier=tier.name)
    return tier, begun_with
