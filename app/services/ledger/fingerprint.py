"""All rows that the policy asks about one mail, read by one statement, to see whether anything changed since.

The policy is judged for a whole claimed batch ahead of time, from facts that take a dozen queries. The transaction that
writes `handing_over` has to judge what is true then. So it reads the same rows again, compares them with what was read
ahead, column by column, and asks the dozen queries only where one differs. What other mail uses up (the sender's day,
the domain's turn) is not among them: that is taken by compare-and-set.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from app.db import Base
from app.models import (
    Company,
    ContactBasis,
    ContactValue,
    CountryRule,
    Enrollment,
    Message,
    Pause,
    Program,
    Prospect,
    Sender,
    StepDone,
    Stop,
    Suppression,
    Task,
)

Fingerprint = frozenset[tuple[str | None, ...]]
# An address, its domain and the domains above it; a longer one is judged from fresh facts each time.
SUPPRESSION_KEYS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose rows are read: the ids by which the facts of one mail are found, and what its address is suppressed by."""

    message: int
    enrollment: int
    sender: int
    prospect: int
    company: int
    contact: int
    program: int
    suppression_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Watched:
    """Rows that are read: of which table, under which condition, and which columns of them (all)."""

    model: type[Base]
    condition: str
    columns: tuple[str, ...] = ()


_KEYS = ", ".join(f":key{number}" for number in range(SUPPRESSION_KEYS))
_WATCHED = (
    _Watched(Message, "id = :message"),
    _Watched(
        Message,
        "enrollment_id = :enrollment AND id <> :message",
        ("id", "kind", "step", "state", "due_at", "accepted_at", "internet_id"),
    ),
    _Watched(Enrollment, "id = :enrollment"),
    _Watched(Sender, "id = :sender"),
    _Watched(Prospect, "id = :prospect", ("id", "company_id", "stage", "wake_up_on")),
    _Watched(Company, "id = :company", ("id", "country")),
    _Watched(Program, "id = :program", ("id", "archived_at")),
    _Watched(ContactValue, "contact_id = :contact"),
    _Watched(ContactBasis, "contact_id = :contact AND program_id = :program"),
    _Watched(Stop, "contact_id = :contact OR company_id = :company"),
    _Watched(Pause, "ended_at IS NULL"),
    _Watched(Suppression, f'"key" IN ({_KEYS})'),
    _Watched(CountryRule, "program_id = :program"),
    _Watched(StepDone, "enrollment_id = :enrollment"),
    _Watched(Task, "prospect_id = :prospect AND state = 'open'", ("id", "origin", "created_at")),
)


def fingerprint_of(session: Session, subject: Subject) -> Fingerprint:
    """Return the watched rows as they are now, each with its table's name before it."""
    values = {name: value for name, value in asdict(subject).items() if name != "suppression_keys"}
    keys = (*subject.suppression_keys, *("",) * SUPPRESSION_KEYS)[:SUPPRESSION_KEYS]
    values |= {f"key{number}": key for number, key in enumerate(keys)}
    rows = session.connection().execute(_STATEMENT, values)
    return frozenset(tuple(row) for row in rows)


def _statement() -> TextClause:
    """Return one statement for all of it: every column as text, the shorter rows filled up with NULL."""
    parts = [(each, each.columns or tuple(column.name for column in each.model.__table__.columns)) for each in _WATCHED]
    width = max(len(columns) for _, columns in parts)
    selects = []
    for each, columns in parts:
        name = each.model.__tablename__
        shown = [f'CAST("{column}" AS TEXT)' for column in columns] + ["CAST(NULL AS TEXT)"] * (width - len(columns))
        selects.append(f"SELECT '{name}', {', '.join(shown)} FROM {name} WHERE {each.condition}")  # noqa: S608 - names of ours
    return text(" UNION ALL ".join(selects))


_STATEMENT = _statement()
