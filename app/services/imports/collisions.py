"""What a file's columns do where a company is known already: keep what is there, fill what is empty, or replace it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from app.models import ImportBatch
from app.models.batch import CollisionRule
from app.services.imports.columns import Field
from app.services.imports.values import RowValues

# Contacts and notes are added beside what is there and replace nothing, so they have no rule.
RULED = frozenset({Field.NAME, Field.COUNTRY, Field.OWNER, Field.EXTRA})
NAME, COUNTRY, OWNER, EXTRA = "name", "country", "owner", "extra:"


def rule_of(rules: Mapping[str, str], heading: str) -> CollisionRule:
    """Return the rule of a column by its heading; without one it fills what is empty."""
    return CollisionRule(rules.get(heading, CollisionRule.FILL))


def settles(rule: CollisionRule, *, there: str, given: str) -> bool:
    """Say whether what a file gives is written where something stands, or nothing (an empty text)."""
    if not given or given == there or rule is CollisionRule.KEEP:
        return False
    return rule is CollisionRule.REPLACE or not there


@dataclass(frozen=True, slots=True)
class Rules:
    """The collision rules of a batch, and which column fills each field."""

    by_heading: Mapping[str, str]
    headings: Mapping[str, str]

    @classmethod
    def of(cls, batch: ImportBatch) -> Self:
        """Return a batch's rules; of several columns for one field the first decides."""
        headings: dict[str, str] = {}
        for heading, field in batch.columns.items():
            headings.setdefault(field, heading)
        return cls(batch.rules, headings)

    def of_field(self, field: Field) -> CollisionRule:
        """Return the rule of the column that fills a field."""
        return rule_of(self.by_heading, self.headings.get(field, ""))

    def of_heading(self, heading: str) -> CollisionRule:
        """Return the rule of a column."""
        return rule_of(self.by_heading, heading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What stands there now. A company called by its domain has no name; `extra` is None where there is no prospect."""

    name: str = ""
    country: str = ""
    owner_id: int | None = None
    extra: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """One value that is written over what stood there; `before` is empty where nothing did."""

    field: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """Return the field as people read it: an extra column by its heading."""
        return f"“{self.field.removeprefix(EXTRA)}”" if self.field.startswith(EXTRA) else self.field


def settle(
    values: RowValues, *, owner_id: int | None, extra: Mapping[str, str], rules: Rules, known: Known
) -> list[Settled]:
    """Return what a row writes over what is known; of a company without a prospect here only its own facts."""
    given = [
        (NAME, known.name, values.name, rules.of_field(Field.NAME)),
        (COUNTRY, known.country, values.country or "", rules.of_field(Field.COUNTRY)),
    ]
    if known.extra is not None:
        owner = str(known.owner_id or "")
        given.append((OWNER, owner, str(owner_id or ""), rules.of_field(Field.OWNER)))
        given += [
            (f"{EXTRA}{heading}", known.extra.get(heading, ""), value, rules.of_heading(heading))
            for heading, value in extra.items()
        ]
    return [
        Settled(field, there, wanted)
        for field, there, wanted, rule in given
        if settles(rule, there=there, given=wanted)
    ]


def words_of(settled: list[Settled]) -> str:
    """Say what a row fills in and what it replaces; nothing for nothing."""
    filled = [each.words for each in settled if not each.before]
    replaced = [each.words for each in settled if each.before]
    said = []
    if filled:
        said.append(f"Fills in {', '.join(filled)}.")
    if replaced:
        said.append(f"Replaces {', '.join(replaced)}.")
    return " ".join(said)
