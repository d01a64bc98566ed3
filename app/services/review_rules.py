"""Rules that approve by themselves: a score at least this high and no flag this bad. Nothing is ever declined by rule.

A rule takes force when a person confirms it under a dry run over what people decided before; a job applies it each
minute. Whatever a rule does not approve waits for a person, exactly as without it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from app.clock import now
from app.languages import SOURCE, in_language
from app.languages import gettext as _
from app.models import ApplicationState, Program, ReviewRule, User
from app.queries.review_rules import MAX_AT_ONCE, RuleCase, open_cases, past_cases, rules_in_force
from app.services.application_risks import Risk, RiskFlag, flags_of
from app.services.audit import record_audit
from app.services.decisions import ReasonCode
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.reviewing import Review, application_for, approve_application

LEVELS = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)
_CHUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a rule asks for: a score of 0 to 100, and the mildest flag that leaves an application to a person."""

    min_score: float
    blocked_by: Risk

    @property
    def words(self) -> str:
        """Return the rule in words, in the language in force."""
        words = {
            Risk.LOW: _("score %(score)s or more and no flag"),
            Risk.MEDIUM: _("score %(score)s or more and no medium or high flag"),
            Risk.HIGH: _("score %(score)s or more and no high flag"),
        }[self.blocked_by]
        return words % {"score": f"{self.min_score:g}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DryCounts:
    """What a rule would have done with what people decided, and would do now, in numbers."""

    past: int
    approved_as_people_did: int
    approved_against_people: int
    left_to_people: int
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """The numbers, and by name where the rule would have approved what people declined, and what it would take now."""

    terms: Terms
    counts: DryCounts
    against: tuple[RuleCase, ...]
    waiting: tuple[RuleCase, ...]


def checked_terms(min_score: float | None, blocked_by: str) -> Terms:
    """Return what a rule asks for. Raises InvalidInput."""
    problems = {}
    if min_score is None or not 0 <= min_score <= 100:
        problems["min_score"] = _("Give a score from 0 to 100.")
    if blocked_by not in list(Risk):
        problems["blocked_by"] = _("Choose which flags keep an application for a person.")
    if problems or min_score is None:
        raise InvalidInput(problems)
    return Terms(min_score=min_score, blocked_by=Risk(blocked_by))


def dry_run(session: Session, program: Program, terms: Terms) -> DryRun:
    """Return what the rule would have done and would do now; nothing is changed.

    Past applications count with the score frozen at their decision and with today's flags.
    """
    past = past_cases(session, program.id)
    taken = _passing(session, past, terms)
    against = tuple(case for case in taken if case.state is ApplicationState.DECLINED)
    waiting = tuple(_passing(session, open_cases(session, program.id, min_score=terms.min_score), terms))
    counts = DryCounts(
        past=len(past),
        approved_as_people_did=len(taken) - len(against),
        approved_against_people=len(against),
        left_to_people=len(past) - len(taken),
        now=len(waiting),
    )
    return DryRun(terms=terms, counts=counts, against=against, waiting=waiting)


def switch_on(session: Session, program: Program, terms: Terms, *, actor: User) -> ReviewRule:
    """Put a rule in force, with the dry run of this moment kept beside it. A rule that is in force already stays."""
    known = [rule for rule in rules_in_force(session) if rule.program_id == program.id]
    same = next((rule for rule in known if terms_of(rule) == terms), None)
    if same is not None:
        return same
    counts = dry_run(session, program, terms).counts
    rule = ReviewRule(
        program_id=program.id,
        min_score=terms.min_score,
        blocked_by=terms.blocked_by.value,
        dry_run=asdict(counts),
        created_by_id=actor.id,
    )
    session.add(rule)
    session.flush()
    _audit(session, rule, "switched_on", actor)
    return rule


def switch_off(session: Session, program: Program, rule_id: int, *, actor: User) -> ReviewRule:
    """End a rule; what it approved stays approved. Raises NotFound, and Conflict where it has ended."""
    rule = session.get(ReviewRule, rule_id)
    if rule is None or rule.program_id != program.id:
        raise NotFound(_("This program has no such rule."))
    if rule.ended_at is not None:
        raise Conflict(_("This rule was switched off already."))
    rule.ended_at = now()
    _audit(session, rule, "switched_off", actor)
    return rule


def due_by_rule(session: Session, rule: ReviewRule, *, only_id: int | None = None) -> list[RuleCase]:
    """Return what a rule approves now, at most MAX_AT_ONCE; with `only_id` that one, or none."""
    terms = terms_of(rule)
    cases = open_cases(session, rule.program_id, min_score=terms.min_score, only_id=only_id)
    return _passing(session, cases, terms)[:MAX_AT_ONCE]


def approve_by_rule(session: Session, rule_id: int, application_id: int) -> bool:
    """Approve one application if the rule, asked again under the lock, still says so; returns whether it did."""
    rule = session.get(ReviewRule, rule_id)
    if rule is None or rule.ended_at is not None:
        return False
    program = session.get_one(Program, rule.program_id)
    application = application_for(session, program, application_id, lock=True)
    if not due_by_rule(session, rule, only_id=application.id):
        return False
    note = f"Approved by the rule “{terms_of(rule).words}”."
    review = Review(reason_codes=(ReasonCode.STRONG_FIT.value,), note=note)
    approve_application(session, application, review, version=application.version, reviewer=None, rule_id=rule.id)
    return True


def terms_of(rule: ReviewRule) -> Terms:
    """Return what a stored rule asks for."""
    return Terms(min_score=rule.min_score, blocked_by=Risk(rule.blocked_by))


def is_blocked(flags: Sequence[RiskFlag], level: Risk) -> bool:
    """Say whether any flag is of this level or worse, or one that is still being looked into may become so."""
    known = (flag for flag in flags if not flag.is_missing)
    return any(flag.is_pending for flag in flags) or any(
        LEVELS.index(flag.risk) >= LEVELS.index(level) for flag in known
    )


def _passing(session: Session, cases: Sequence[RuleCase], terms: Terms) -> list[RuleCase]:
    found = []
    high = [case for case in cases if case.score >= terms.min_score]
    for start in range(0, len(high), _CHUNK):
        chunk = high[start : start + _CHUNK]
        flags = flags_of(session, [case.id for case in chunk])
        found += [case for case in chunk if not is_blocked(flags[case.id], terms.blocked_by)]
    return found


def _audit(session: Session, rule: ReviewRule, what: str, actor: User) -> None:
    with in_language(SOURCE):  # what is kept is in English, whoever switched it
        words = terms_of(rule).words
    record_audit(
        session,
        f"review_rule.{what}",
        subject=f"review_rule:{rule.id}",
        actor_id=actor.id,
        program_id=rule.program_id,
        details={"rule": words, "dry_run": rule.dry_run},
    )
