"""Taking a person out of partnerships: access, words and files go; that something was done stays."""

from collections.abc import Callable, Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    OnboardingAction,
    OnboardingDocument,
    OnboardingPlan,
    PartnerPerson,
    Partnership,
    PlanEvent,
)
from app.services.care.erasing import erase_from_care
from app.services.document_store import drop
from app.services.keeping.erasing import blotted, erase_from_keeping
from app.services.onboarding.people import take_keys

_NOBODY = "A person who was erased"


def erase_from_partnerships(
    session: Session, addresses: Collection[str], *, without_words: Callable[[str], str]
) -> None:
    """Take everybody with one of these addresses out of every partnership; `without_words` blots them out of a text."""
    people = session.scalars(select(PartnerPerson).where(func.lower(PartnerPerson.email).in_(addresses))).all()
    ids = [person.id for person in people]
    partnerships = {person.partnership_id for person in people}
    take_keys(session, ids)
    for document in session.scalars(select(OnboardingDocument).where(OnboardingDocument.person_id.in_(ids))):
        drop(session, document.key)
        session.delete(document)
    for person in people:
        person.name, person.phone, person.role = _NOBODY, "", ""
        person.email = f"erased-person-{person.id}@erased.example"
        person.is_main, person.removed_at = False, person.removed_at or now()
    for partnership in session.scalars(select(Partnership).where(Partnership.id.in_(partnerships))):
        partnership.promised = without_words(partnership.promised)
    plans = list(session.scalars(select(OnboardingPlan.id).where(OnboardingPlan.partnership_id.in_(partnerships))))
    for action in session.scalars(select(OnboardingAction).where(OnboardingAction.plan_id.in_(plans))):
        action.answer = blotted(action.answer, without_words)
        action.note = without_words(action.note)
    for event in session.scalars(select(PlanEvent).where(PlanEvent.plan_id.in_(plans))):
        event.text = without_words(event.text)
    erase_from_keeping(session, partnerships, without_words=without_words)
    erase_from_care(session, partnerships, without_words=without_words)
    session.flush()
