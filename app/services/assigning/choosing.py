"""Choose owners by a program's rules: the first rule that holds gives, to its people in turn or to the least loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.assignment import AssignmentRule, ShareWay
from app.queries.arrivals import Arrival, open_prospects, people_of
from app.services.assigning.conditions import Conditions, conditions_of, holds
from app.services.audit import hold_audit_log


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets a prospect, and the rule that says so."""

    owner_id: int
    rule_id: int
    rule_name: str


@dataclass(slots=True)
class Rules:
    """A program's rules in their order, with who of their people can be given something, and how much they have.

    `loads` grows with what is chosen, and `turns` remembers who was last, so that a batch is shared out as evenly as
    the same prospects one by one.
    """

    rows: Sequence[AssignmentRule]
    people: Mapping[int, str]
    loads: dict[int, int]
    turns: dict[int, int | None] = field(default_factory=dict)
    _conditions: dict[int, Conditions] = field(default_factory=dict)

    @property
    def ask_for_kinds(self) -> bool:
        """Say whether a rule looks at the kind of site."""
        return any(self.conditions(rule).kinds for rule in self.rows)

    def conditions(self, rule: AssignmentRule) -> Conditions:
        """Return what a rule asks for."""
        if rule.id not in self._conditions:
            self._conditions[rule.id] = conditions_of(rule.conditions)
        return self._conditions[rule.id]

    def present(self, rule: AssignmentRule) -> list[int]:
        """Return who of a rule's people can be given something now, in their turn."""
        return [person for person in rule.people if person in self.people]

    def rule_for(self, arrival: Arrival) -> AssignmentRule | None:
        """Return the first rule that holds and has somebody to give to.

        None where none does, and also where one before it may hold once the site is read or scored: that is waited for.
        """
        for rule in self.rows:
            if not self.present(rule):
                continue
            answer = holds(self.conditions(rule), arrival)
            if answer is None:
                return None
            if answer:
                return rule
        return None

    def choose(self, arrival: Arrival) -> Choice | None:
        """Return who gets a prospect, and count them as having it; None for nobody (yet)."""
        rule = self.rule_for(arrival)
        return None if rule is None else Choice(self._next(rule), rule.id, rule.name)

    def _next(self, rule: AssignmentRule) -> int:
        present = self.present(rule)
        if rule.way is ShareWay.LEAST:
            owner_id = min(present, key=lambda person: (self.loads.get(person, 0), present.index(person)))
        else:
            owner_id = _after(self.turns.get(rule.id, rule.last_given_to_id), rule.people, present)
        self.turns[rule.id] = owner_id
        self.loads[owner_id] = self.loads.get(owner_id, 0) + 1
        return owner_id


def load_rules(session: Session, program_id: int, *, hold: bool) -> Rules | None:
    """Return a program's rules that are switched on, None without any; at most four queries.

    `hold` locks them until the transaction ends, so that whoever else chooses owners goes on where this one stopped.
    """
    query = (
        select(AssignmentRule)
        .where(AssignmentRule.program_id == program_id, AssignmentRule.is_on)
        .order_by(AssignmentRule.is_default, AssignmentRule.position, AssignmentRule.id)
    )
    rows = session.scalars(query).all()
    if rows and hold:
        # The log first, as who notes something and then adds a prospect has it: else each could wait for the other. The
        # rules in one order for everybody, and read anew: another import may have moved the turn on.
        hold_audit_log(session)
        rows = session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    if not rows:
        return None
    return rules_of(session, program_id, rows)


def rules_of(session: Session, program_id: int, rows: Sequence[AssignmentRule]) -> Rules:
    """Return these rules ready to choose by."""
    people = people_of(session, program_id)
    counted = {person for rule in rows if rule.way is ShareWay.LEAST for person in rule.people if person in people}
    return Rules(rows, people, open_prospects(session, program_id, counted) if counted else {})


def keep_turns(rules: Rules) -> None:
    """Write down whose turn it was; the rules must be held."""
    for rule in rules.rows:
        if rule.id in rules.turns:
            rule.last_given_to_id = rules.turns[rule.id]


def _after(last: int | None, people: Sequence[int], present: Sequence[int]) -> int:
    """Return who of the present comes after the last one; who left since keeps their place in the turn."""
    start = people.index(last) + 1 if last in people else 0
    ordered = [*people[start:], *people[:start]]
    return next(person for person in ordered if person in present)
