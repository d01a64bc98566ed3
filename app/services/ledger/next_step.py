"""Why and when: each enrollment's next step, its time, and everything that blocks it until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import now
from app.models import Message
from app.services.ledger.decision import Blocker, Verdict, decide
from app.services.ledger.facts import Facts, load_facts
from app.services.ledger.states import NOT_BEGUN
from outreach.sequence import Step


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step of an enrollment.

    `at` is when it will happen if nothing changes, None where somebody has to act first or nothing is left to do.
    `message_id` is the mail of it that is planned already.
    """

    enrollment_id: int
    verdict: Verdict
    step: Step | None
    variant_id: str
    at: datetime | None
    blockers: tuple[Blocker, ...]
    message_id: int | None = None


def next_steps(session: Session, enrollment_ids: Iterable[int], *, at: datetime | None = None) -> dict[int, NextStep]:
    """Return the next step of enrollments as of `at` (now), by enrollment id."""
    at = at or now()
    facts = load_facts(session, enrollment_ids, at=at, without_planned=True)
    return {enrollment_id: _next(each, at) for enrollment_id, each in facts.items()}


def _next(facts: Facts, at: datetime) -> NextStep:
    waiting = next((message for message in facts.messages if message.state in NOT_BEGUN), None)
    decision = decide(facts, at)
    when, blockers = decision.at, decision.blockers
    if any(blocker.until is None for blocker in blockers):
        when = None
    if waiting is not None:
        when, blockers = waiting.not_before_at, _of_message(waiting, decision.blockers)
    return NextStep(
        enrollment_id=facts.enrollment.id,
        verdict=decision.verdict,
        step=decision.step,
        variant_id=facts.variant_of(decision.step) if decision.step else "",
        at=when,
        blockers=blockers,
        message_id=waiting.id if waiting else None,
    )


def _of_message(message: Message, blockers: tuple[Blocker, ...]) -> tuple[Blocker, ...]:
    """Return what blocks a planned mail: the rules that hold it, a person's approval, what its last try came to."""
    found = list(blockers)
    if message.needs_approval and message.approved_by_id is None:
        found.append(Blocker("needs_approval", "A person has to approve this mail.", None))
    if message.reason and message.reason not in {blocker.rule for blocker in found}:
        found.append(Blocker(message.reason, message.detail, message.not_before_at))
    return tuple(found)
