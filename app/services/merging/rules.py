"""What a merge does with the rows of each table that points at what goes.

A table nobody names here follows the first rule: its rows move over. So what later versions add comes along.
"""

from collections.abc import Iterator

from sqlalchemy import Column, Table, UniqueConstraint

from app.db import Base
from app.models import Company, Contact, Prospect
from app.services.merging.journal import table_of

# What was read off the gone company's own site stays with it: its address is another one.
OF_THE_SITE = frozenset(
    {
        "crawls",
        "pages",
        "passages",
        "signals",
        "page_links",
        "company_digests",
        "site_changes",
        "site_watches",
        "decision_evidence",
        "duplicate_pairs",
        "merges",
    }
)
# Scores speak of the gone company's site, bulk items of what a bulk action did to its card: both go with the card.
GOES_WITH_PROSPECT = frozenset({"fit_scores", "bulk_items"})
# These know the card as the one they made; pointing at another one, their undo would remove that.
FORGETS_PROSPECT = frozenset({"import_rows", "import_changes", "discovery_candidates"})
# One of each a prospect, and neither can be dropped: two of them are two partners.
ONE_PARTNER = frozenset({"partnerships", "wave_partners"})


def pointing_at(model: type[Company] | type[Prospect] | type[Contact]) -> Iterator[tuple[Table, Column[int]]]:
    """Yield every table with each of its columns that points at rows of a class."""
    wanted = table_of(model)
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if any(key.column.table is wanted for key in column.foreign_keys):
                yield table, column


def unique_with(table: Table, column: Column[int]) -> list[list[str]]:
    """Return, for each unique rule of a table that a column is part of, the other columns of it."""
    rules = [set(rule.columns.keys()) for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    # An index over some rows only, as that of open enrollments, is looked after by who knows those rows.
    whole = [index for index in table.indexes if index.unique and index.dialect_options["sqlite"]["where"] is None]
    rules += [{each.name for each in index.columns} for index in whole]
    rules.append({each.name for each in table.primary_key})
    if column.unique:
        rules.append({column.name})
    return [sorted(rule - {column.name}) for rule in rules if column.name in rule]
