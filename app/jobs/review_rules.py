"""Each minute: approve what a rule says to approve, one application a transaction, so that one fault stops no other."""

from app.db import reading, transaction
from app.log import get_logger
from app.queries.review_rules import rules_in_force
from app.services.errors import ServiceError
from app.services.review_rules import approve_by_rule, due_by_rule

log = get_logger(__name__)


def approve_by_rules() -> int:
    """Apply every rule in force; return how many applications were approved."""
    with reading() as session:
        due = [(rule.id, case.id) for rule in rules_in_force(session) for case in due_by_rule(session, rule)]
    approved = 0
    for rule_id, application_id in due:
        try:
            with transaction() as session:
                approved += approve_by_rule(session, rule_id, application_id)
        except ServiceError as error:
            # A person was faster, or the company left the board: it waits for a person, as everything else does.
            log.info("rule_left_to_people", rule_id=rule_id, application_id=application_id, cause=str(error))
    return approved
