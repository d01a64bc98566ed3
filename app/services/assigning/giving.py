"""Give prospects to people by rules: as they come in, once they have their first score, or when a person says so.

Choosing and noting are two steps, for a batch of rows is written with its owners in it. However many there are, the
number of statements is the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, Prospect
from app.models.assignment import RuleAssignment
from app.models.notification import NotificationKind, Thing
from app.queries.arrivals import Arrival, candidates_of, first_scored, kinds_of
from app.services.assigning.choosing import Choice, Rules, keep_turns, load_rules
from app.services.audit import AuditEntry, record_audits
from app.services.notifying.telling import News, tell_many


def choose_owners(session: Session, program_id: int, companies: Sequence[Company], *, source: str) -> dict[int, Choice]:
    """Return who gets the prospects that these companies are about to become, by company; nobody for those missing.

    The rules are held until the transaction ends. Who is chosen must be noted with note_given once the rows are there.
    """
    rules = load_rules(session, program_id, hold=True) if companies else None
    if rules is None:
        return {}
    read = [company.id for company in companies if company.read_at is not None]
    kinds = kinds_of(session, read) if read and rules.ask_for_kinds else {}
    chosen = {company.id: rules.choose(_arriving(company, source, kinds)) for company in companies}
    keep_turns(rules)
    return {company_id: choice for company_id, choice in chosen.items() if choice is not None}


def note_given(session: Session, program_id: int, given: Mapping[int, Choice]) -> None:
    """Write down for each prospect, by id, which rule gave it to whom, and tell the owners."""
    if not given:
        return
    at = now()
    rows = [
        {
            "prospect_id": prospect_id,
            "rule_id": choice.rule_id,
            "rule_name": choice.rule_name,
            "owner_id": choice.owner_id,
            "at": at,
        }
        for prospect_id, choice in given.items()
    ]
    session.flush()
    session.connection().execute(insert(RuleAssignment), rows)
    record_audits(session, [_entry(program_id, prospect_id, choice) for prospect_id, choice in given.items()])
    _tell(session, program_id, given)


def give_after_score(session: Session, program_id: int, prospect_ids: Sequence[int]) -> int:
    """Give those of these prospects that have their first score now and still no owner; return how many were given.

    In a transaction of its own: whoever holds prospects must not wait for the audit log here. One that somebody is at
    stays without an owner, until the rules are asked to give out what nobody has.
    """
    rules = load_rules(session, program_id, hold=True)
    return 0 if rules is None else _give(session, program_id, rules, first_scored(session, prospect_ids))


def give_out(session: Session, program_id: int, prospect_ids: Sequence[int]) -> int:
    """Give prospects without an owner to whom the rules say, by all that is known now; return how many were given.

    The caller holds the prospects' rows; one that has an owner is left alone.
    """
    rules = load_rules(session, program_id, hold=True) if prospect_ids else None
    return 0 if rules is None else _give(session, program_id, rules, prospect_ids)


def _give(session: Session, program_id: int, rules: Rules, prospect_ids: Sequence[int]) -> int:
    given: dict[int, Choice] = {}
    for candidate in candidates_of(session, prospect_ids):
        choice = rules.choose(candidate.arrival) if candidate.owner_id is None else None
        if choice is not None:
            given[candidate.id] = choice
    keep_turns(rules)
    _set_owners(session, given)
    note_given(session, program_id, given)
    return len(given)


def _arriving(company: Company, source: str, kinds: Mapping[int, frozenset[str]]) -> Arrival:
    return Arrival(
        source=source,
        country=company.country,
        language=company.language,
        kinds=kinds.get(company.id, frozenset()),
        is_read=company.read_at is not None,
    )


def _set_owners(session: Session, given: Mapping[int, Choice]) -> None:
    """Set the owners. The version stays: what a person is about to do with the prospect counts more than a rule."""
    by_owner: dict[int, list[int]] = {}
    for prospect_id, choice in given.items():
        by_owner.setdefault(choice.owner_id, []).append(prospect_id)
    session.flush()
    for owner_id, ids in by_owner.items():
        session.execute(
            update(Prospect)
            .where(Prospect.id.in_(ids), Prospect.owner_id.is_(None))
            .values(owner_id=owner_id)
            .execution_options(synchronize_session="fetch")
        )


def _entry(program_id: int, prospect_id: int, choice: Choice) -> AuditEntry:
    details = {"to": choice.owner_id, "rule_id": choice.rule_id, "rule": choice.rule_name}
    return AuditEntry("prospect.assigned_by_rule", f"prospect:{prospect_id}", None, program_id, details)


def _tell(session: Session, program_id: int, given: Mapping[int, Choice]) -> None:
    counts = Counter(choice.owner_id for choice in given.values())
    one_of = {choice.owner_id: prospect_id for prospect_id, choice in given.items()}
    for owner_id, count in counts.items():
        news = News(
            program_id=program_id,
            kind=NotificationKind.ASSIGNED,
            thing=Thing.PROSPECT,
            prospect_id=one_of[owner_id] if count == 1 else None,
        )
        tell_many(session, news, owner_id, count=count)
