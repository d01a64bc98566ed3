"""A program's assignment rules: added, changed, put in order, switched on and off, given up."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, User
from app.models.assignment import MAX_RULE_NAME, AssignmentRule, ShareWay
from app.queries.arrivals import people_of
from app.services.assigning.conditions import Conditions, in_words, stored
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.hand_order import move_up
from app.services.plain_text import clean_line

MAX_RULES = 30
DEFAULT_NAME = "Everybody else"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContent:
    """What a rule is: its name, what it asks for, to whom it gives in their order, and how it chooses among them."""

    name: str
    conditions: Conditions
    people: tuple[int, ...]
    way: ShareWay = ShareWay.TURN


def rules_in_order(session: Session, program_id: int) -> list[AssignmentRule]:
    """Return a program's rules as they are asked, those that are switched off too; the default rule comes last."""
    rows = select(AssignmentRule).where(AssignmentRule.program_id == program_id)
    return list(session.scalars(rows.order_by(AssignmentRule.is_default, AssignmentRule.position, AssignmentRule.id)))


def rule_in(session: Session, program: Program, rule_id: int) -> AssignmentRule:
    """Return a rule of a program that access was checked for; raises NotFound."""
    rule = session.get(AssignmentRule, rule_id)
    if rule is None or rule.program_id != program.id:
        raise NotFound(_("This program has no such assignment rule (any more)."))
    return rule


def add_rule(session: Session, program: Program, content: RuleContent, *, actor: User) -> AssignmentRule:
    """Add a rule behind the others. Raises InvalidInput (fields `name`, `people`, `conditions`)."""
    known = [rule for rule in rules_in_order(session, program.id) if not rule.is_default]
    if len(known) >= MAX_RULES:
        raise InvalidInput(
            {"name": _("%(most)s rules are the most. Delete one first, or let one do for two.", most=MAX_RULES)}
        )
    rule = AssignmentRule(
        program_id=program.id,
        position=max((each.position for each in known), default=0) + 1,
        created_by_id=actor.id,
    )
    _fill(session, rule, content, others=known)
    session.add(rule)
    session.flush()
    _note(session, "assignment_rule.added", rule, actor)
    return rule


def change_rule(session: Session, rule: AssignmentRule, content: RuleContent, *, actor: User) -> None:
    """Change a rule; what it gave so far stays given. Raises InvalidInput as add_rule does."""
    others = [each for each in rules_in_order(session, rule.program_id) if each.id != rule.id]
    _fill(session, rule, content, others=others)
    _note(session, "assignment_rule.changed", rule, actor)


def set_default(
    session: Session, program: Program, *, people: tuple[int, ...], way: ShareWay, actor: User
) -> AssignmentRule:
    """Say who gets what no rule gives. Raises InvalidInput (field `people`)."""
    rules = rules_in_order(session, program.id)
    rule = next((each for each in rules if each.is_default), None)
    if rule is None:
        rule = AssignmentRule(program_id=program.id, position=0, is_default=True, created_by_id=actor.id)
    rule.is_on = True
    content = RuleContent(name=DEFAULT_NAME, conditions=Conditions(), people=people, way=way)
    _fill(session, rule, content, others=[each for each in rules if each is not rule])
    session.add(rule)
    session.flush()
    _note(session, "assignment_rule.default_set", rule, actor)
    return rule


def switch_rule(session: Session, rule: AssignmentRule, *, is_on: bool, actor: User) -> None:
    """Switch a rule on or off; asking twice changes nothing."""
    if rule.is_on is not is_on:
        rule.is_on = is_on
        _note(session, "assignment_rule.switched_on" if is_on else "assignment_rule.switched_off", rule, actor)


def raise_rule(session: Session, rule: AssignmentRule, *, actor: User) -> None:
    """Move a rule one place up."""
    known = [each for each in rules_in_order(session, rule.program_id) if not each.is_default]
    if move_up(known, rule):
        _note(session, "assignment_rule.moved", rule, actor)


def delete_rule(session: Session, rule: AssignmentRule, *, actor: User) -> None:
    """Give a rule up; what it gave stays given and says so. Raises Conflict while it is switched on."""
    if rule.is_on:
        raise Conflict(
            _(
                "“%(name)s” is switched on. Switch it off first; that can be taken back, deleting cannot.",
                name=rule.name,
            )
        )
    _note(session, "assignment_rule.deleted", rule, actor)
    session.delete(rule)


def _fill(session: Session, rule: AssignmentRule, content: RuleContent, *, others: list[AssignmentRule]) -> None:
    name = clean_line(content.name)
    problems = {}
    if not 1 <= len(name) <= MAX_RULE_NAME:
        problems["name"] = _(
            "Name the rule, in %(most)s characters at most: the timeline says which rule gave.", most=MAX_RULE_NAME
        )
    elif name.casefold() in {each.name.casefold() for each in others}:
        problems["name"] = _("There is a rule “%(name)s” already. Choose another name.", name=name)
    known = people_of(session, rule.program_id)
    people = list(dict.fromkeys(content.people))
    if not people:
        problems["people"] = _("Choose at least one person.")
    elif not set(people) <= known.keys():
        problems["people"] = _("Somebody you chose does not work in this program (any more). Choose again.")
    if not rule.is_default and not in_words(content.conditions):
        problems["conditions"] = _("Say when the rule holds: without any condition it would give everything away.")
    if problems:
        raise InvalidInput(problems)
    rule.name, rule.people, rule.way = name, people, content.way
    rule.conditions = stored(content.conditions)


def _note(session: Session, action: str, rule: AssignmentRule, actor: User) -> None:
    record_audit(
        session,
        action,
        subject=f"assignment_rule:{rule.id}",
        actor_id=actor.id,
        program_id=rule.program_id,
        details={"name": rule.name, "conditions": rule.conditions, "people": rule.people, "way": rule.way.value},
    )
