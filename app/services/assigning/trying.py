"""A dry run of assignment rules: what they would have given of the prospects that came in last. Nothing is written."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models.assignment import AssignmentRule
from app.queries.arrivals import newest_candidates
from app.services.assigning.choosing import rules_of
from app.services.assigning.conditions import conditions_of, holds, stored
from app.services.assigning.rules import RuleContent, rules_in_order

LOOKED_AT = 200
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Tried:
    """What one rule would have done: how many it fits, how many it gives as no rule above does, to whom, which ones."""

    fits: int
    gives: int
    shares: tuple[tuple[str, int], ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What the rules would have done, by rule id, with the `looked_at` newest prospects; `nobody` got the rest."""

    looked_at: int
    by_rule: dict[int, Tried]
    nobody: int


def try_rules(session: Session, program_id: int, rows: list[AssignmentRule]) -> DryRun:
    """Share the newest prospects out by these rules, whoever has them, by what is known of them today."""
    candidates = newest_candidates(session, program_id, limit=LOOKED_AT)
    rules = rules_of(session, program_id, [rule for rule in rows if rule.is_on])
    given: dict[int, list[tuple[str, int]]] = {rule.id: [] for rule in rows}
    nobody = 0
    for candidate in candidates:
        choice = rules.choose(candidate.arrival)
        if choice is None:
            nobody += 1
        else:
            given[choice.rule_id].append((candidate.name, choice.owner_id))
    found = {}
    for rule in rows:
        asked = conditions_of(rule.conditions)
        shares = Counter(rules.people[owner_id] for _, owner_id in given[rule.id])
        found[rule.id] = Tried(
            fits=sum(holds(asked, candidate.arrival) is True for candidate in candidates),
            gives=len(given[rule.id]),
            shares=tuple(shares.most_common()),
            examples=tuple(name for name, _ in given[rule.id][:EXAMPLES]),
        )
    return DryRun(len(candidates), found, nobody)


def try_content(session: Session, program_id: int, content: RuleContent, *, rule_id: int = 0) -> tuple[DryRun, Tried]:
    """Try a rule as it is typed, in the place of the one it changes, else behind the others, as if it was on."""
    rows = rules_in_order(session, program_id)
    typed = AssignmentRule(
        id=rule_id,
        program_id=program_id,
        name=content.name,
        is_default=False,
        is_on=True,
        conditions=stored(content.conditions),
        people=list(content.people),
        way=content.way,
    )
    if rule_id:
        rows = [typed if rule.id == rule_id else rule for rule in rows]
    else:
        last = len([rule for rule in rows if not rule.is_default])
        rows.insert(last, typed)
    run = try_rules(session, program_id, rows)
    return run, run.by_rule[rule_id]
