"""A partner accepts the terms in force on the portal: version, moment, person and network address are kept."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    OPEN_ACTION_STATES,
    ActionKind,
    OnboardingAction,
    OnboardingPlan,
    OwnerSide,
    PartnerPerson,
    Partnership,
    ProgramTerms,
)
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput
from app.services.languages import gettext as _
from app.services.onboarding.acceptances import record_acceptance
from app.services.onboarding.doing import Sent, do_action
from app.services.onboarding.events import Doer
from app.services.onboarding.progress import locked_action
from app.services.onboarding.starting import plan_of
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
        raise Conflict(_("There are no terms to accept yet. We write to you when there are."))
    if terms.id != terms_id:
        changed = _("The terms changed meanwhile: this is version %(version)s. Please read it.", version=terms.version)
        raise InvalidInput({"done": changed})
    # The plan before the partnership, as a step of the plan does; a second press waits here and finds it accepted.
    plan_of(session, partnership.id, lock=True)
    session.refresh(partnership, with_for_update=True)
    if partnership.terms_id == terms.id:
        return terms
    step_id = _open_step(session, partnership)
    if step_id is not None:
        plan, action = locked_action(session, partnership, step_id)
        sent = Sent(fields={"done": "y", "terms_id": str(terms.id)}, address=address)
        do_action(session, plan, action, sent, Doer(person_id=person.id))
    else:
        record_acceptance(session, partnership, terms, person_id=person.id, address=address)
    record_audit(
        session,
        "terms.accepted",
        subject=f"partnership:{partnership.id}",
        program_id=partnership.program_id,
        details={"version": terms.version, "person_id": person.id},
    )
    return terms


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
