"""What a file's columns do where a company is known already: keep what is there, fill what is empty, or replace it."""

from collections.abc import Mapping

from app.models.batch import CollisionRule
from app.services.imports.columns import Field

# Contacts and notes are added beside what is there and replace nothing, so they have no rule.
RULED = frozenset({Field.NAME, Field.COUNTRY, Field.OWNER, Field.EXTRA})


def rule_of(rules: Mapping[str, str], heading: str) -> CollisionRule:
    """Return the rule of a column by its heading; without one it fills what is empty."""
    return CollisionRule(rules.get(heading, CollisionRule.FILL))
