"""A partner accepts the terms in force on the portal: version, moment, person and network address are kept."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    OPEN_ACTION_STATES,
    ActionKind,
    OnboardingAction,
    OnboardingPlan,
    OwnerSide,
    PartnerPerson,
    Partnership,
    ProgramTerms,
    TermsAcceptance,
)
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput
from app.services.onboarding.doing import Sent, do_action
from app.services.onboarding.events import Doer
from app.services.onboarding.progress import locked_action
from app.services.program_pages import current_terms


def accept_terms(
    session: Session, partnership: Partnership, *, terms_id: int, person: PartnerPerson, address: str
) -> ProgramTerms:
    """Keep that a partner accepts the version in force; who accepted which before stays on record.

    An onboarding step that asks for the same is done with it. Raises InvalidInput where another version is in force by
    now, and Conflict where there are no terms.
    """
    terms = current_terms(session, partnership.program_id)
    if terms is None:
        raise Conflict("There are no terms to accept yet. We write to you when there are.")
    if terms.id != terms_id:
        raise InvalidInput({"done": f"The terms changed meanwhile: this is version {terms.version}. Please read it."})
    if partnership.terms_id == terms.id:
        return terms
    _keep_what_stands(session, partnership, person_id=None)
    step_id = _open_step(session, partnership)
    if step_id is not None:
        plan, action = locked_action(session, partnership, step_id)
        sent = Sent(fields={"done": "y", "terms_id": str(terms.id)}, address=address)
        do_action(session, plan, action, sent, Doer(person_id=person.id))
    else:
        partnership.terms_id, partnership.terms_accepted_at = terms.id, now()
        partnership.terms_address = address[:45]
    session.flush()
    _keep_what_stands(session, partnership, person_id=person.id)
    record_audit(
        session,
        "terms.accepted",
        subject=f"partnership:{partnership.id}",
        program_id=partnership.program_id,
        details={"version": terms.version, "person_id": person.id},
    )
    return terms


def _keep_what_stands(session: Session, partnership: Partnership, *, person_id: int | None) -> None:
    """Write down the acceptance that stands on the partnership, unless it is written down already."""
    if partnership.terms_id is None or partnership.terms_accepted_at is None:
        return
    known = select(TermsAcceptance.id).where(
        TermsAcceptance.partnership_id == partnership.id, TermsAcceptance.terms_id == partnership.terms_id
    )
    if session.scalar(known) is not None:
        return
    session.add(
        TermsAcceptance(
            partnership_id=partnership.id,
            terms_id=partnership.terms_id,
            person_id=person_id,
            address=partnership.terms_address,
            at=partnership.terms_accepted_at,
        )
    )
    session.flush()


def _open_step(session: Session, partnership: Partnership) -> int | None:
    """Return the partner's own step that asks for the terms and can be done now."""
    return session.scalar(
        select(OnboardingAction.id)
        .join(OnboardingPlan, OnboardingPlan.id == OnboardingAction.plan_id)
        .where(
            OnboardingPlan.partnership_id == partnership.id,
            OnboardingAction.kind == ActionKind.ACCEPT_TERMS,
            OnboardingAction.owner == OwnerSide.PARTNER,
            OnboardingAction.state.in_(OPEN_ACTION_STATES),
            OnboardingAction.opened_at.is_not(None),
        )
        .limit(1)
    )
