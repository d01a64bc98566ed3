"""What is to be done with an enrollment now: the engine's plan, and what the ledger itself has to add to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.languages import mark
from app.models import EnrollmentState
from app.services.ledger.facts import Facts
from outreach.planning import Plan, plan_next
from outreach.policy import Rule
from outreach.sequence import Step, StepKind

# A block without a known end is looked at again this often, so that it lets go by itself once its cause is gone.
LOOK_AGAIN_AFTER = timedelta(minutes=30)

ENDING = frozenset((Rule.REPLY, Rule.OPT_OUT, Rule.BOUNCE, Rule.COMPLAINT, Rule.APPLICATION))
# Settled by an answer of the provider or of a person, who then ask for the next step themselves.
ON_ITS_WAY = frozenset((Rule.STEP_OPEN, Rule.STEP_UNCERTAIN))
CROWDED = frozenset((Rule.DAILY_CAP, Rule.DOMAIN_SPACING))

SENDER_LOCKED = "sender_locked"
NO_ADDRESS = "no_address"
PROGRAM_ARCHIVED = "program_archived"

SENTENCES: dict[str, str] = {
    Rule.REPLY: mark("A person answered, so the sequence has ended."),
    Rule.OPT_OUT: mark("Asked not to be mailed any more."),
    Rule.BOUNCE: mark("The address does not take mail."),
    Rule.COMPLAINT: mark("Reported a mail as spam."),
    Rule.APPLICATION: mark("Applied to the program."),
    Rule.STAGE: mark("The prospect is off the board."),
    Rule.SUPPRESSED: mark("The address or its domain is on the list of those that must not be mailed."),
    Rule.PAUSED_ALL: mark("All sending is paused."),
    Rule.PAUSED_SEQUENCE: mark("The sequence is paused."),
    Rule.PAUSED_SENDER: mark("The sender is paused."),
    Rule.PAUSED_ENROLLMENT: mark("Paused for this contact."),
    Rule.STEP_OPEN: mark("The step before it is not finished."),
    Rule.STEP_UNCERTAIN: mark("Nobody knows whether the mail before it was sent. Say so on the message."),
    Rule.CONSENT_LANE: mark(
        "Without consent a mail may not leave through SendGrid. Use an SMTP sender, or ask an admin."
    ),
    Rule.COUNTRY: mark("The program does not write first to people of this country."),
    Rule.LEGAL_BASIS: mark("No legal basis is recorded for this contact."),
    Rule.SOURCE: mark("It is not recorded where the address is from."),
    Rule.DAILY_CAP: mark("The sender's cap for the day is used up."),
    Rule.DOMAIN_SPACING: mark("Too soon after the last mail to the same domain."),
    Rule.WINDOW: mark("Outside the hours in which this step may happen."),
    Rule.TOO_LATE: mark("Overdue by more than its limit. Release it or skip it."),
    PROGRAM_ARCHIVED: mark("The program was archived. Restore it, and its sequences go on."),
    NO_ADDRESS: mark("The contact has no e-mail address. Add one on the prospect's page."),
}


class Verdict(StrEnum):
    """What an enrollment needs."""

    NOW = "now"
    LATER = "later"
    BLOCKED = "blocked"
    ON_ITS_WAY = "on_its_way"
    TOO_LATE = "too_late"
    ENDED = "ended"
    THROUGH = "through"
    NOT_ACTIVE = "not_active"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that blocks: its rule's name, a sentence for people, and until when; None until somebody acts."""

    rule: str
    sentence: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on an enrollment's next step; `at` is when to act or look again, None where nothing else will help."""

    verdict: Verdict
    step: Step | None
    at: datetime | None
    blockers: tuple[Blocker, ...] = ()

    @property
    def reason(self) -> str:
        """Return the name of the first thing that blocks, "" for none."""
        return self.blockers[0].rule if self.blockers else ""

    @property
    def detail(self) -> str:
        """Return all that blocks in sentences."""
        return " ".join(blocker.sentence for blocker in self.blockers)

    @property
    def is_crowded_out(self) -> bool:
        """Whether only other mail is in the way, which makes nothing late."""
        return bool(self.blockers) and all(blocker.rule in CROWDED for blocker in self.blockers)


def decide(facts: Facts, at: datetime) -> Decision:
    """Judge an enrollment as of `at` (aware)."""
    plan = plan_next(facts.plan, facts.case, at)
    step = next((step for step in facts.plan.steps if step.id == plan.step), None)
    blockers = (*_own_blockers(facts, step), *(_blocker(block.rule, block.until) for block in plan.blocked_by))
    rules = {blocker.rule for blocker in blockers}
    if facts.enrollment.state is not EnrollmentState.ACTIVE:
        return Decision(Verdict.NOT_ACTIVE, step, None, (_own_word(facts), *blockers))
    if step is None:
        return Decision(Verdict.THROUGH, None, None)
    ending = tuple(each for each in blockers if _ends(each))
    if ending:
        return Decision(Verdict.ENDED, step, None, ending)
    if rules & ON_ITS_WAY:
        return Decision(Verdict.ON_ITS_WAY, step, None, blockers)
    if Rule.TOO_LATE in rules:
        late_first = sorted(blockers, key=lambda each: each.rule != Rule.TOO_LATE)
        return Decision(Verdict.TOO_LATE, step, None, tuple(late_first))
    if blockers:
        return Decision(Verdict.BLOCKED, step, _look_at(plan, blockers, at), blockers)
    due_at = plan.due_at or at
    return Decision(Verdict.NOW if due_at <= at else Verdict.LATER, step, due_at)


def _ends(blocker: Blocker) -> bool:
    """A prospect that sleeps will wake; one that was declined or withdrew will not be written to again."""
    return blocker.rule in ENDING or (blocker.rule == Rule.STAGE and blocker.until is None)


def _own_blockers(facts: Facts, step: Step | None) -> list[Blocker]:
    found = [Blocker(PROGRAM_ARCHIVED, SENTENCES[PROGRAM_ARCHIVED], None)] if facts.is_archived else []
    if step is None or step.kind is not StepKind.EMAIL:
        return found
    if facts.lock:
        found.append(Blocker(SENDER_LOCKED, facts.lock, None))
    return found if facts.address else [*found, Blocker(NO_ADDRESS, SENTENCES[NO_ADDRESS], None)]


def _own_word(facts: Facts) -> Blocker:
    """Return why an enrollment is held or over, as it was recorded."""
    enrollment = facts.enrollment
    return Blocker(enrollment.reason or enrollment.state.value, enrollment.detail or mark("It has ended."), None)


def _blocker(rule: Rule, until: datetime | None) -> Blocker:
    return Blocker(rule.value, SENTENCES[rule], until)


def _look_at(plan: Plan, blockers: tuple[Blocker, ...], at: datetime) -> datetime:
    """Return when the last block ends inside the window; without a known end, when to look again."""
    is_endless = any(blocker.until is None for blocker in blockers)
    return at + LOOK_AGAIN_AFTER if is_endless or plan.due_at is None else max(plan.due_at, at)
